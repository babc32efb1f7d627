import { randomBytes } from 'node:crypto';
import { messageOf } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { Network } from 'dockerode';
import { getContainerRuntimeClient } from 'testcontainers';

/** One run's bridge network. */
export interface ContainerNetwork extends AsyncDisposable {
  readonly name: string;
  readonly id: string;
  /** Disconnects everything first. Idempotent. */
  remove(): Promise<void>;
}

const removeDeadlineMs = 60_000;

/** testcontainers' own Network takes neither labels nor a name, so a crashed run's leftovers couldn't be identified. */
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

/** Refused at first if a container being removed still counts as an endpoint. */
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

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}
