import { randomBytes } from 'node:crypto';
import type { Network } from 'dockerode';
import { getContainerRuntimeClient } from 'testcontainers';
import { messageOf } from '../problem.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';

/** A bridge network of one run: the node, the services and nothing else are on it. */
export interface ContainerNetwork extends AsyncDisposable {
  readonly name: string;
  readonly id: string;
  /** Takes whatever is still connected off the network and removes it. May be called twice. */
  remove(): Promise<void>;
}

const removeDeadlineMs = 60_000;

/**
 * Creates a network with the run's labels. testcontainers' own Network takes neither labels nor a name, so what a
 * crashed run leaves could not be told from another run's.
 */
export async function createNetwork(labels: Readonly<Record<string, string>>): Promise<ContainerNetwork> {
  const { network: networks } = await getContainerRuntimeClient();
  const name = `meho-${randomBytes(5).toString('hex')}`;
  const created = await networks.create({ Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: { ...labels } });
  let removal: Promise<void> | undefined;
  const remove = () => {
    removal ??= removeNetwork(name, created);
    return removal;
  };
  return { name, id: created.id, remove, [Symbol.asyncDispose]: remove };
}

/** A container that is just being removed still counts as an endpoint, so the first attempt may be refused. */
async function removeNetwork(name: string, network: Network): Promise<void> {
  await waitFor(
    `network ${name} to be removed`,
    async () => {
      try {
        const { Containers: endpoints = {} } = await network.inspect();
        await Promise.all(
          Object.keys(endpoints).map((Container) =>
            network.disconnect({ Container, Force: true }).catch(() => undefined),
          ),
        );
        await network.remove();
        return holds(undefined);
      } catch (error) {
        return isNotFound(error) ? holds(undefined) : notYet(messageOf(error));
      }
    },
    { deadlineMs: removeDeadlineMs },
  );
}

/** The engine's answer for an object that is gone. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}
