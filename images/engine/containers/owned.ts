import { randomUUID } from 'node:crypto';
import { messageOf, Problem } from '@meho/core/problem';
import { orAborted } from '@meho/core/wait/or-aborted';
import type { ContainerInspectInfo } from 'dockerode';
import {
  type GenericContainer,
  getContainerRuntimeClient,
  PullPolicy,
  type StartedTestContainer,
} from 'testcontainers';
import { outputOf } from './container-exit.ts';
import { LogTail } from './log-tail.ts';
import { removeLabelled } from './remove.ts';

/** Finds a container whose start was cut off before its id was known. */
const ownerLabel = 'meho.io/container';

export interface OwnedStart<Started extends StartedTestContainer> {
  /** E.g. `postgres`. */
  readonly what: string;
  /** Not started. Its wait strategy decides what started means. */
  readonly container: GenericContainer;
  /** Starts `container`; a subclass returns more than the base class. */
  readonly begin: () => Promise<Started>;
  readonly labels: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export interface OwnedContainer<Started extends StartedTestContainer> extends AsyncDisposable {
  readonly started: Started;
  readonly log: LogTail;
  /** With its volumes. Idempotent. */
  remove(): Promise<void>;
}

/**
 * Removes everything on abort, deadline or failure, then throws.
 * @throws Problem with the log's end, or the signal's reason
 */
export async function startOwned<Started extends StartedTestContainer>(
  start: OwnedStart<Started>,
): Promise<OwnedContainer<Started>> {
  start.signal.throwIfAborted();
  const mark = randomUUID();
  const log = new LogTail();
  let settled = false;
  let removal: Promise<void> | undefined;
  const remove = () => {
    removal ??= removeLabelled(start.what, `${ownerLabel}=${mark}`, () => settled);
    return removal;
  };
  start.container
    .withLabels({ ...start.labels, [ownerLabel]: mark })
    .withPullPolicy(PullPolicy.neverPull())
    .withLogConsumer((stream) => log.follow(stream));
  const starting = start.begin().finally(() => {
    settled = true;
  });
  const deadline = AbortSignal.timeout(start.deadlineMs);
  try {
    const started = await orAborted(starting, AbortSignal.any([start.signal, deadline]));
    return { started, log, remove, [Symbol.asyncDispose]: remove };
  } catch (error) {
    if (log.isEmpty) {
      // A container may end before its log could be followed.
      log.append(await saveLog(`${ownerLabel}=${mark}`));
    }
    await remove();
    start.signal.throwIfAborted();
    const observed = deadline.aborted ? `it wasn't after ${start.deadlineMs / 1000} s` : messageOf(error);
    throw startProblem(start.what, observed, log, error);
  }
}

/** The engine's copy, without waiting for more of it. */
async function saveLog(label: string): Promise<string> {
  try {
    const { dockerode } = (await getContainerRuntimeClient()).container;
    const [found] = await dockerode.listContainers({ all: true, filters: { label: [label] } });
    return found === undefined ? '' : await outputOf(dockerode.getContainer(found.Id), 50);
  } catch (error) {
    return `(its log can't be had: ${messageOf(error)})\n`;
  }
}

export function startProblem(what: string, observed: string, log: LogTail, cause: unknown): Problem {
  return new Problem(
    {
      expected: `${what} to start`,
      observed: `${observed}; the end of its log:\n${log.last(25)}\n`,
      next: 'the log above names the cause, as a rule in its last lines',
    },
    { cause },
  );
}

/** Re-read from the engine: a restarted container may have moved. */
export interface ContainerState {
  readonly running: boolean;
  /** On the network, for pods and /32 rules. */
  readonly address: string;
  /** Of this machine. */
  readonly mappedPort: (containerPort: number) => number;
}

/** @throws Problem if not on that network or the port isn't mapped */
export async function containerState(what: string, id: string, network: string): Promise<ContainerState> {
  const { container } = await getContainerRuntimeClient();
  const inspected: ContainerInspectInfo = await container.inspect(container.getById(id));
  const address = inspected.NetworkSettings.Networks[network]?.IPAddress;
  if (address === undefined || (inspected.State.Running && address === '')) {
    throw new Problem({
      expected: `${what} to have an address on network ${network}`,
      observed: `the engine tells none (state ${inspected.State.Status})`,
      next: `see \`docker inspect ${id.slice(0, 12)}\``,
    });
  }
  const mappedPort = (containerPort: number) => {
    const port = inspected.NetworkSettings.Ports[`${containerPort}/tcp`]?.[0]?.HostPort;
    if (port === undefined) {
      throw new Problem({
        expected: `port ${containerPort} of ${what} to be mapped to this machine`,
        observed: `the engine maps it to none (state ${inspected.State.Status})`,
        next: 'expose the port where the container is created',
      });
    }
    return Number(port);
  };
  return { running: inspected.State.Running, address, mappedPort };
}
