import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { type OwnedContainer, startProblem, type Whereabouts, whereabouts } from '../containers/owned.ts';
import { labelledVolumes } from '../containers/volumes.ts';
import { StartedIsEnough } from '../containers/waiting.ts';
import { messageOf } from '../problem.ts';
import { never, waitFor } from '../wait/wait-for.ts';
import type { Endpoint, ServiceFile, ServiceSpec } from './service.ts';

class ServiceContainer extends GenericContainer {
  withVolumes(mounts: Awaited<ReturnType<typeof labelledVolumes>>): this {
    this.hostConfig.Mounts = [...mounts];
    return this;
  }
}

/** The container as the specification wants it, not started yet. */
export async function configured<Answer>(spec: ServiceSpec<Answer>): Promise<GenericContainer> {
  const container = new ServiceContainer(spec.image.reference)
    .withVolumes(await labelledVolumes(spec.image.reference, spec.labels))
    .withNetworkMode(spec.network.name)
    .withExposedPorts(spec.port, ...(spec.otherPorts ?? []))
    .withCopyContentToContainer(contentsOf(spec.files ?? []))
    .withEnvironment({ ...spec.environment })
    .withWaitStrategy(new StartedIsEnough());
  if (spec.command !== undefined) {
    container.withCommand([...spec.command]);
  }
  if (spec.entrypoint !== undefined) {
    container.withEntrypoint([...spec.entrypoint]);
  }
  return container;
}

/** Where this machine reaches a port of the container. */
export function endpointOf(
  { port }: { readonly port: number },
  owned: OwnedContainer<StartedTestContainer>,
  place: Whereabouts,
): Endpoint {
  return { host: owned.started.getHost(), port: place.mappedPort(port) };
}

/** Gives the running container what the specification brings for it. */
export async function provide<Answer>(
  spec: ServiceSpec<Answer>,
  owned: OwnedContainer<StartedTestContainer>,
): Promise<void> {
  if (spec.provide === undefined) {
    return;
  }
  try {
    const place = await whereabouts(spec.what, owned.started.getId(), spec.network.name);
    await spec.provide({
      address: place.address,
      endpoint: endpointOf(spec, owned, place),
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

/** Waits until the probe holds, and gives up at once when the container has ended. */
export async function answering<Answer>(
  spec: ServiceSpec<Answer>,
  owned: OwnedContainer<StartedTestContainer>,
  signal: AbortSignal | undefined,
): Promise<{ answer: Answer; place: Whereabouts }> {
  try {
    return await waitFor<{ answer: Answer; place: Whereabouts }>(
      `${spec.what} to answer`,
      async (probeSignal) => {
        const place = await whereabouts(spec.what, owned.started.getId(), spec.network.name);
        if (!place.running) {
          return never('its container has ended');
        }
        const observation = await spec.probe(endpointOf(spec, owned, place), probeSignal);
        return observation.state === 'holds'
          ? { state: 'holds', value: { answer: observation.value, place } }
          : observation;
      },
      { deadlineMs: spec.deadlineMs, intervalMs: 100, ...(signal === undefined ? {} : { signal }) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw startProblem(spec.what, messageOf(error), owned.log, error);
  }
}
