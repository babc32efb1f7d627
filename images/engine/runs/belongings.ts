import { messageOf } from '@meho/core/problem';
import { managedByLabel, managedByValue, type RunIdentity, runOf } from '@meho/core/runs/identity';
import { orAborted } from '@meho/core/wait/or-aborted';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type Docker from 'dockerode';
import { statusOf } from '../client.ts';

export interface Belonging {
  readonly kind: 'container' | 'network' | 'volume' | 'image';
  readonly name: string;
  readonly id: string;
  readonly run: RunIdentity;
}

const removeDeadlineMs = 60_000;

/** Whatever any run still has in this engine. */
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
 * The engine refuses while an earlier removal runs, and while it still creates a dead caller's container, which no list
 * shows yet: so lists again after every refusal, and once at the end.
 * @returns all that was removed @throws WaitError with the refusals if they stay the same for the deadline
 */
export async function removeAll(
  docker: Docker,
  list: () => Promise<readonly Belonging[]>,
  { signal, deadlineMs = removeDeadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs?: number },
): Promise<readonly Belonging[]> {
  // The client has no deadline of its own.
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

/** Containers first: they use the rest. @returns why others failed */
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
    // `v` removes its unnamed volumes too.
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
