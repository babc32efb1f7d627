import type Docker from 'dockerode';
import { statusOf } from '../engine/client.ts';
import { messageOf } from '../problem.ts';
import { orAborted } from '../wait/or-aborted.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { managedByLabel, managedByValue, type RunIdentity, runOf } from './identity.ts';

/** Something that a run has created in an engine. */
export interface Belonging {
  readonly kind: 'container' | 'network' | 'volume' | 'image';
  readonly name: string;
  readonly id: string;
  readonly run: RunIdentity;
}

const removeDeadlineMs = 60_000;

/** All that any run has created in this engine and that is still there. */
export async function belongings(docker: Docker): Promise<readonly Belonging[]> {
  const filters = { label: [`${managedByLabel}=${managedByValue}`] };
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters: JSON.stringify(filters) }),
  ]);
  return [
    ...containers.flatMap(({ Id: id, Names: names, Labels: labels }) =>
      belonging('container', id, names[0]?.replace(/^\//, '') ?? id.slice(0, 12), labels),
    ),
    ...networks.flatMap(({ Id: id, Name: name, Labels: labels }) => belonging('network', id, name, labels)),
    ...(volumes.Volumes ?? []).flatMap(({ Name: name, Labels: labels }) => belonging('volume', name, name, labels)),
    ...images.flatMap(({ Id: id, RepoTags: names, Labels: labels }) =>
      belonging('image', id, names?.[0] ?? id.slice(0, 19), labels),
    ),
  ];
}

function belonging(
  kind: Belonging['kind'],
  id: string,
  name: string,
  labels: Readonly<Record<string, string>> | undefined,
): readonly Belonging[] {
  const run = runOf(labels);
  return run === undefined ? [] : [{ kind, id, name, run }];
}

/**
 * Removes what is meant until nothing of it is left. The engine refuses while it is busy with an earlier removal, and a volume
 * or network whose container it is still creating for somebody who is gone: that one is in no list until it is made. So it is
 * listed anew as long as anything is refused, and once more at the end.
 *
 * @returns all that was removed
 * @throws WaitError with what is refused and why, when that has not changed for the deadline
 */
export async function removeAll(
  docker: Docker,
  list: () => Promise<readonly Belonging[]>,
  { signal, deadlineMs = removeDeadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs?: number },
): Promise<readonly Belonging[]> {
  // The engine's client has no deadline of its own: one that hangs must not outlast the signal.
  let found = await orAborted(list(), signal);
  const removed = new Map<string, Belonging>();
  while (found.length > 0) {
    const before = removed.size;
    found = await waitFor(
      `${found.map(({ kind, name, run }) => `${kind} ${name} of run ${run.id}`).join(', ')} to be removed`,
      async () => {
        const refusals = await removeEach(docker, found, removed);
        found = await list();
        return found.length === 0 || removed.size > before
          ? holds(found)
          : notYet(refusals.join('; ') || 'still listed');
      },
      { deadlineMs, intervalMs: 100, signal },
    );
  }
  return [...removed.values()];
}

/** Containers first: networks, volumes and images can't go while one uses them. @returns why the others could not be removed */
async function removeEach(
  docker: Docker,
  found: readonly Belonging[],
  removed: Map<string, Belonging>,
): Promise<readonly string[]> {
  const refusals: string[] = [];
  for (const kind of ['container', 'network', 'volume', 'image'] as const) {
    const all = found.filter((each) => each.kind === kind);
    await Promise.all(
      all.map(async (each) => {
        try {
          await remove(docker, each);
        } catch (error) {
          if (statusOf(error) !== 404) {
            refusals.push(`${kind} ${each.name}: ${messageOf(error)}`);
            return;
          }
        }
        removed.set(`${kind} ${each.id}`, each);
      }),
    );
  }
  return refusals;
}

async function remove(docker: Docker, { kind, id }: Belonging): Promise<void> {
  if (kind === 'container') {
    // Volumes without a name go with it.
    await docker.getContainer(id).remove({ force: true, v: true });
  } else if (kind === 'network') {
    const network = docker.getNetwork(id);
    const { Containers: endpoints } = await network.inspect();
    for (const container of Object.keys(endpoints ?? {})) {
      await network.disconnect({ Container: container, Force: true });
    }
    await network.remove();
  } else if (kind === 'image') {
    await docker.getImage(id).remove({ force: true });
  } else {
    await docker.getVolume(id).remove({ force: true });
  }
}
