import { messageOf } from '@meho/core/problem';
import { never, waitFor } from '@meho/core/wait/wait-for';
import {
  type ContainerState,
  containerState,
  type OwnedContainer,
  startProblem,
} from '@meho/images/engine/containers/owned';
import { StartedWaitStrategy } from '@meho/images/engine/containers/started-wait-strategy';
import { labelledVolumes } from '@meho/images/engine/containers/volumes';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import type { Endpoint, ServiceFile, ServiceSpec } from './service.ts';

class ServiceContainer extends GenericContainer {
  withVolumes(mounts: Awaited<ReturnType<typeof labelledVolumes>>): this {
    this.hostConfig.Mounts = [...mounts];
    return this;
  }
}

export async function configureContainer<Answer>(spec: ServiceSpec<Answer>): Promise<GenericContainer> {
  const container = new ServiceContainer(spec.image.reference)
    .withVolumes(await labelledVolumes(spec.image.reference, spec.labels))
    .withNetworkMode(spec.network.name)
    .withExposedPorts(spec.port, ...(spec.otherPorts ?? []))
    .withCopyContentToContainer(contentsOf(spec.files ?? []))
    .withEnvironment({ ...spec.environment })
    .withWaitStrategy(new StartedWaitStrategy());
  if (spec.command !== undefined) {
    container.withCommand([...spec.command]);
  }
  if (spec.entrypoint !== undefined) {
    container.withEntrypoint([...spec.entrypoint]);
  }
  return container;
}

/** Of this process, or attached to. */
export interface HeldContainer extends Pick<OwnedContainer<StartedTestContainer>, 'log' | 'remove'> {
  readonly id: string;
  /** Where its ports are mapped to. */
  readonly host: string;
}

export function endpointOf(
  { port }: { readonly port: number },
  { host }: HeldContainer,
  place: ContainerState,
): Endpoint {
  return { host, port: place.mappedPort(port) };
}

export async function provide<Answer>(
  spec: ServiceSpec<Answer>,
  owned: OwnedContainer<StartedTestContainer>,
): Promise<void> {
  if (spec.provide === undefined) {
    return;
  }
  try {
    const place = await containerState(spec.what, owned.started.getId(), spec.network.name);
    await spec.provide({
      address: place.address,
      endpoint: { host: owned.started.getHost(), port: place.mappedPort(spec.port) },
      copy: (files) => owned.started.copyContentToContainer(contentsOf(files)),
      kill: async (signal) => {
        const { container } = await getContainerRuntimeClient();
        await container.getById(owned.started.getId()).kill({ signal });
      },
    });
  } catch (error) {
    spec.signal.throwIfAborted();
    throw startProblem(spec.what, messageOf(error), owned.log, error);
  }
}

type Contents = Parameters<GenericContainer['withCopyContentToContainer']>[0];

function contentsOf(files: readonly ServiceFile[]): Contents {
  return files.map(({ target, content }) => ({ target, content, mode: 0o600 }));
}

/** Fails at once if the container ends. */
export async function waitForAnswer<Answer>(
  spec: ServiceSpec<Answer>,
  held: HeldContainer,
  signal: AbortSignal | undefined,
): Promise<{ answer: Answer; place: ContainerState }> {
  try {
    return await waitFor<{ answer: Answer; place: ContainerState }>(
      `${spec.what} to answer`,
      async (probeSignal) => {
        const place = await containerState(spec.what, held.id, spec.network.name);
        if (!place.running) {
          return never('its container has ended');
        }
        const observation = await spec.probe(endpointOf(spec, held, place), probeSignal);
        return observation.state === 'holds'
          ? { state: 'holds', value: { answer: observation.value, place } }
          : observation;
      },
      { deadlineMs: spec.deadlineMs, intervalMs: 100, ...(signal === undefined ? {} : { signal }) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw startProblem(spec.what, messageOf(error), held.log, error);
  }
}
