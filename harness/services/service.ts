import type { Observation } from '@meho/core/wait/wait-for';
import { outputOf } from '@meho/images/engine/containers/container-exit';
import { LogTail } from '@meho/images/engine/containers/log-tail';
import { type ContainerState, startOwned, startProblem } from '@meho/images/engine/containers/owned';
import type { ResolvedImage } from '@meho/images/image';
import { getContainerRuntimeClient } from 'testcontainers';
import { configureContainer, endpointOf, type HeldContainer, provide, waitForAnswer } from './service-container.ts';

export interface ServicePlace {
  readonly image: ResolvedImage;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: { readonly name: string };
  /** Id of a container of another process, to be used instead of a new one. */
  readonly running?: string;
  readonly signal: AbortSignal;
}

export interface ServiceSpec<Answer> extends ServicePlace {
  readonly what: string;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly otherPorts?: readonly number[];
  readonly files?: readonly ServiceFile[];
  /** Supplies what needs the running container's address, e.g. a certificate. */
  readonly provide?: (container: RunningContainer) => Promise<void>;
  readonly deadlineMs: number;
  /** Uses the service's own protocol; an answer proves readiness. */
  readonly probe: (endpoint: Endpoint, signal: AbortSignal) => Promise<Observation<Answer>>;
}

/** May be secret: sent to the engine as an archive, never as an argument or variable. */
export interface ServiceFile {
  readonly target: string;
  readonly content: string;
}

export interface RunningContainer {
  readonly address: string;
  readonly endpoint: Endpoint;
  /** Copies them in this order; only root can read them. */
  copy(files: readonly ServiceFile[]): Promise<void>;
  kill(signal: 'SIGHUP'): Promise<void>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `stopped` refuses connections; `silent` neither accepts nor answers. */
export type OutageKind = 'stopped' | 'silent';

export class StartedService<Answer> implements AsyncDisposable {
  readonly #spec: ServiceSpec<Answer>;
  readonly #held: HeldContainer;
  readonly #answer: Answer;
  #container: ContainerState;

  private constructor(spec: ServiceSpec<Answer>, held: HeldContainer, place: ContainerState, answer: Answer) {
    this.#spec = spec;
    this.#held = held;
    this.#container = place;
    this.#answer = answer;
  }

  /** @throws Problem with the end of the log, after removing everything */
  static async start<Answer>(spec: ServiceSpec<Answer>): Promise<StartedService<Answer>> {
    if (spec.running !== undefined) {
      const held = await attach(spec.running);
      const { answer, place } = await waitForAnswer(spec, held, spec.signal);
      return new StartedService(spec, held, place, answer);
    }
    const container = await configureContainer(spec);
    const { what, labels, signal, deadlineMs } = spec;
    const owned = await startOwned({ what, container, begin: () => container.start(), labels, signal, deadlineMs });
    try {
      await provide(spec, owned);
      const held = { ...owned, id: owned.started.getId(), host: owned.started.getHost() };
      const { answer, place } = await waitForAnswer(spec, held, spec.signal);
      return new StartedService(spec, held, place, answer);
    } catch (error) {
      await owned.remove();
      throw error;
    }
  }

  /** The container's, for another process to attach to. */
  get id(): string {
    return this.#held.id;
  }

  get answer(): Answer {
    return this.#answer;
  }

  /** Pods connect to this address, and an egress rule allows it as a /32. */
  get address(): string {
    return this.#container.address;
  }

  get endpoint(): Endpoint {
    return endpointOf(this.#spec, this.#held, this.#container);
  }

  endpointOf(port: number): Endpoint {
    return endpointOf({ port }, this.#held, this.#container);
  }

  logTail(lines: number): string {
    return this.#held.log.last(lines);
  }

  /**
   * Lasts until disposed: `await using outage = await postgres.outage('stopped')`. Data survives. The local port may
   * change; the address must not, since releases are configured with it.
   */
  async outage(kind: OutageKind): Promise<AsyncDisposable> {
    const { container: containers } = await getContainerRuntimeClient();
    const container = containers.getById(this.#held.id);
    await (kind === 'stopped' ? container.stop({ t: 5 }) : container.pause());
    let recovery: Promise<void> | undefined;
    const recover = async () => {
      await (kind === 'stopped' ? container.start() : container.unpause());
      const before = this.#container.address;
      // Recovery is clean-up: it ignores the run's signal.
      const { place } = await waitForAnswer(this.#spec, this.#held, undefined);
      if (place.address !== before) {
        throw startProblem(
          this.#spec.what,
          `it came back as ${place.address} instead of ${before}`,
          this.#held.log,
          undefined,
        );
      }
      this.#container = place;
    };
    return {
      [Symbol.asyncDispose]: () => {
        recovery ??= recover();
        return recovery;
      },
    };
  }

  /** Removes its data too. Idempotent. */
  stop(): Promise<void> {
    return this.#held.remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

const logLines = 200;

/** Its owner removes it. Ends what a killed run had begun: a pause or a stop. */
async function attach(id: string): Promise<HeldContainer> {
  const { container: containers, info } = await getContainerRuntimeClient();
  const container = containers.getById(id);
  const { State: state } = await container.inspect();
  if (state.Paused) {
    await container.unpause();
  } else if (!state.Running) {
    await container.start();
  }
  const log = new LogTail();
  log.append(await outputOf(container, logLines));
  return { id, host: info.containerRuntime.host, log, remove: () => Promise.resolve() };
}
