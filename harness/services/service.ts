import { getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { type OwnedContainer, startOwned, startProblem, type Whereabouts } from '../containers/owned.ts';
import type { ResolvedImage } from '../images/image.ts';
import type { Observation } from '../wait/wait-for.ts';
import { answering, configured, endpointOf, provide } from './service-container.ts';

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
  /** Instead of the image's own. */
  readonly entrypoint?: readonly string[];
  /** Further ports of it that tests use. */
  readonly otherPorts?: readonly number[];
  /** Put into the container before it starts. */
  readonly files?: readonly ServiceFile[];
  /** Brings what can only be made once the container runs and has its address, e.g. a certificate for it. */
  readonly provide?: (container: RunningContainer) => Promise<void>;
  readonly deadlineMs: number;
  /** Asks the service in its own protocol; its answer is the proof of readiness. */
  readonly probe: (endpoint: Endpoint, signal: AbortSignal) => Promise<Observation<Answer>>;
}

/** Its content may be secret: it travels to the engine as an archive, never as an argument or a variable. */
export interface ServiceFile {
  readonly target: string;
  readonly content: string;
}

/** A container that the engine has started, before anything has answered. */
export interface RunningContainer {
  /** Its address on the network. */
  readonly address: string;
  readonly endpoint: Endpoint;
  /** In this order; readable by the container's root only. */
  copy(files: readonly ServiceFile[]): Promise<void>;
  /** Sends a signal to its first process. */
  kill(signal: 'SIGHUP'): Promise<void>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How a service is taken away as a fault: `stopped` refuses connections, `silent` accepts none and answers nothing. */
export type OutageKind = 'stopped' | 'silent';

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
    const container = await configured(spec);
    const { what, labels, signal, deadlineMs } = spec;
    const owned = await startOwned({ what, container, begin: () => container.start(), labels, signal, deadlineMs });
    try {
      await provide(spec, owned);
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

  /** Where this machine reaches one of its other ports. */
  endpointOf(port: number): Endpoint {
    return endpointOf({ port }, this.#owned, this.#whereabouts);
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
