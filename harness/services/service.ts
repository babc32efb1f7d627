import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { type OwnedContainer, startOwned, startProblem, type Whereabouts, whereabouts } from '../containers/owned.ts';
import { labelledVolumes } from '../containers/volumes.ts';
import { StartedIsEnough } from '../containers/waiting.ts';
import type { ResolvedImage } from '../images/image.ts';
import { never, type Observation, WaitError, waitFor } from '../wait/wait-for.ts';

/** Where a service is put and whom it belongs to. */
export interface ServicePlace {
  readonly image: ResolvedImage;
  /** The run's labels: on the container and on its volumes. */
  readonly labels: Readonly<Record<string, string>>;
  /** The network that the cluster's node is on as well. */
  readonly network: { readonly name: string };
  readonly signal: AbortSignal;
}

export interface ServiceSpec<Answer> extends ServicePlace {
  /** Named in errors, e.g. `postgres`. */
  readonly what: string;
  /** The port that it listens on in its container. */
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly deadlineMs: number;
  /** Asks the service in its own protocol; its answer is the proof of readiness. */
  readonly probe: (endpoint: Endpoint, signal: AbortSignal) => Promise<Observation<Answer>>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How a service is taken away as a fault: `stopped` refuses connections, `silent` accepts none and answers nothing. */
export type OutageKind = 'stopped' | 'silent';

class ServiceContainer extends GenericContainer {
  withVolumes(mounts: Awaited<ReturnType<typeof labelledVolumes>>): this {
    this.hostConfig.Mounts = [...mounts];
    return this;
  }
}

/** A container beside the cluster that answered its probe. */
export class StartedService<Answer> implements AsyncDisposable {
  readonly #spec: ServiceSpec<Answer>;
  readonly #owned: OwnedContainer<StartedTestContainer>;
  readonly #answer: Answer;
  #whereabouts: Whereabouts;

  private constructor(
    spec: ServiceSpec<Answer>,
    owned: OwnedContainer<StartedTestContainer>,
    place: Whereabouts,
    answer: Answer,
  ) {
    this.#spec = spec;
    this.#owned = owned;
    this.#whereabouts = place;
    this.#answer = answer;
  }

  /** @throws Problem with the end of the container's log; nothing is left behind then */
  static async start<Answer>(spec: ServiceSpec<Answer>): Promise<StartedService<Answer>> {
    const container = new ServiceContainer(spec.image.reference)
      .withVolumes(await labelledVolumes(spec.image.reference, spec.labels))
      .withNetworkMode(spec.network.name)
      .withExposedPorts(spec.port)
      .withEnvironment({ ...spec.environment })
      .withWaitStrategy(new StartedIsEnough());
    if (spec.command !== undefined) {
      container.withCommand([...spec.command]);
    }
    const { what, labels, signal, deadlineMs } = spec;
    const owned = await startOwned({ what, container, begin: () => container.start(), labels, signal, deadlineMs });
    try {
      const { answer, place } = await answering(spec, owned, spec.signal);
      return new StartedService(spec, owned, place, answer);
    } catch (error) {
      await owned.remove();
      throw error;
    }
  }

  /** What the probe found out, e.g. the version. */
  get answer(): Answer {
    return this.#answer;
  }

  /** Its IP address on the network: what pods connect to and what an egress rule with /32 allows. */
  get address(): string {
    return this.#whereabouts.address;
  }

  /** Where this machine reaches it. */
  get endpoint(): Endpoint {
    return endpointOf(this.#spec, this.#owned, this.#whereabouts);
  }

  /** The last lines of its log. */
  logTail(lines: number): string {
    return this.#owned.log.last(lines);
  }

  /**
   * Takes the service away until the outage is disposed of: `await using outage = await postgres.outage('stopped')`.
   * Data survives. After a stop it listens on another port of this machine; its address stays what it was, which is
   * checked, because releases were configured with it.
   */
  async outage(kind: OutageKind): Promise<AsyncDisposable> {
    const { container: containers } = await getContainerRuntimeClient();
    const container = containers.getById(this.#owned.started.getId());
    await (kind === 'stopped' ? container.stop({ t: 5 }) : container.pause());
    let recovery: Promise<void> | undefined;
    const recover = async () => {
      await (kind === 'stopped' ? container.start() : container.unpause());
      const before = this.#whereabouts.address;
      // Recovery belongs to clean-up: it goes on when the run's signal has fired.
      const { place } = await answering(this.#spec, this.#owned, undefined);
      if (place.address !== before) {
        throw startProblem(
          this.#spec.what,
          `it came back as ${place.address} instead of ${before}`,
          this.#owned.log,
          undefined,
        );
      }
      this.#whereabouts = place;
    };
    return {
      [Symbol.asyncDispose]: () => {
        recovery ??= recover();
        return recovery;
      },
    };
  }

  /** Kills and removes it with its data. May be called twice. */
  stop(): Promise<void> {
    return this.#owned.remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function endpointOf(
  { port }: { readonly port: number },
  owned: OwnedContainer<StartedTestContainer>,
  place: Whereabouts,
): Endpoint {
  return { host: owned.started.getHost(), port: place.mappedPort(port) };
}

/** Waits until the probe holds, and gives up at once when the container has ended. */
async function answering<Answer>(
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
    throw startProblem(spec.what, error instanceof WaitError ? error.message : String(error), owned.log, error);
  }
}
