import type Docker from 'dockerode';
import { statusOf } from '../engine/client.ts';
import { messageOf } from '../problem.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { managedByLabel, managedByValue, type RunIdentity, runOf } from './identity.ts';

/** Something that a run has created in an engine. */
export interface Belonging {
  readonly kind: 'container' | 'network' | 'volume';
  readonly name: string;
  readonly id: string;
  readonly run: RunIdentity;
}

const removeDeadlineMs = 60_000;

/** All that any run has created in this engine and that is still there. */
export async function belongings(docker: Docker): Promise<readonly Belonging[]> {
  const filters = { label: [`${managedByLabel}=${managedByValue}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.flatMap(({ Id: id, Names: names, Labels: labels }) =>
      belonging('container', id, names[0]?.replace(/^\//, '') ?? id.slice(0, 12), labels),
    ),
    ...networks.flatMap(({ Id: id, Name: name, Labels: labels }) => belonging('network', id, name, labels)),
    ...(volumes.Volumes ?? []).flatMap(({ Name: name, Labels: labels }) => belonging('volume', name, name, labels)),
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

/** Containers first: networks and volumes can't go while one uses them. */
export async function removeAll(docker: Docker, found: readonly Belonging[], signal: AbortSignal): Promise<void> {
  for (const kind of ['container', 'network', 'volume'] as const) {
    const all = found.filter((each) => each.kind === kind);
    await Promise.all(all.map((each) => removeOne(docker, each, signal)));
  }
}

/** Until it is gone: the engine refuses while it is still busy with an earlier removal. */
function removeOne(docker: Docker, each: Belonging, signal: AbortSignal): Promise<void> {
  return waitFor(
    `${each.kind} ${each.name} of run ${each.run.id} to be removed`,
    async () => {
      try {
        await remove(docker, each);
        return holds(undefined);
      } catch (error) {
        return statusOf(error) === 404 ? holds(undefined) : notYet(messageOf(error));
      }
    },
    { deadlineMs: removeDeadlineMs, intervalMs: 100, signal },
  );
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
  } else {
    await docker.getVolume(id).remove({ force: true });
  }
}
