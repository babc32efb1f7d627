import { messageOf } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { getContainerRuntimeClient } from 'testcontainers';
import { isNotFound } from './network.ts';

/** Generous, so that even a busy machine leaves nothing behind. */
const removeDeadlineMs = 60_000;

/**
 * Removes containers at once, without a graceful end, and their unnamed volumes.
 *
 * @param what for errors, e.g. `postgres`
 * @param settled returns false while a start may still create another container; removal goes on until it is true
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

/** @returns the obstacle, or undefined when the container is gone */
async function removeNow(container: Removable): Promise<string | undefined> {
  try {
    await container.remove({ force: true, v: true });
    return undefined;
  } catch (error) {
    return isNotFound(error) ? undefined : messageOf(error);
  }
}
