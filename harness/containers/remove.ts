import { getContainerRuntimeClient } from 'testcontainers';
import { messageOf } from '../problem.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { isNotFound } from './network.ts';

/** Far more than it takes; a machine that is busy must not make us leave something behind. */
const removeDeadlineMs = 60_000;

/**
 * Kills and removes every container with a label, and its unnamed volumes with it, until none is left. Containers of
 * a run are disposable: nothing waits for a graceful end.
 *
 * @param what named in the error, e.g. `postgres`
 * @param settled says whether a start is still under way that may create one more; the removal goes on until it isn't
 */
export async function removeLabelled(what: string, label: string, settled: () => boolean): Promise<void> {
  const { container } = await getContainerRuntimeClient();
  await waitFor(
    `${what} to be removed`,
    async () => {
      const final = settled();
      const left = await container.dockerode.listContainers({ all: true, filters: { label: [label] } });
      const problems = await Promise.all(left.map(({ Id: id }) => removeNow(container.getById(id))));
      const observed = problems.filter((problem) => problem !== undefined);
      if (observed.length > 0) {
        return notYet(observed.join('; '));
      }
      return final ? holds(undefined) : notYet('its start is still under way');
    },
    { deadlineMs: removeDeadlineMs, intervalMs: 50 },
  );
}

interface Removable {
  remove(options: { force: boolean; v: boolean }): Promise<unknown>;
}

/** @returns what stands in the way, or undefined when the container is gone */
async function removeNow(container: Removable): Promise<string | undefined> {
  try {
    await container.remove({ force: true, v: true });
    return undefined;
  } catch (error) {
    return isNotFound(error) ? undefined : messageOf(error);
  }
}
