import { randomUUID } from 'node:crypto';
import type { ContainerInspectInfo } from 'dockerode';
import {
  type GenericContainer,
  getContainerRuntimeClient,
  PullPolicy,
  type StartedTestContainer,
} from 'testcontainers';
import { messageOf, Problem } from '../problem.ts';
import { orAborted } from '../wait/or-aborted.ts';
import { LogTail } from './log-tail.ts';
import { removeLabelled } from './remove.ts';

/** Marks one container of one start, so that it is found even when its start was cut off before it had told its id. */
const ownerLabel = 'meho.io/container';

export interface OwnedStart<Started extends StartedTestContainer> {
  /** Named in errors, e.g. `postgres`. */
  readonly what: string;
  /** Configured but not started. Its wait strategy decides what started means. */
  readonly container: GenericContainer;
  /** Starts `container`: a subclass gives more than the base class says. */
  readonly begin: () => Promise<Started>;
  readonly labels: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** A container that this process started and takes away again. */
export interface OwnedContainer<Started extends StartedTestContainer> extends AsyncDisposable {
  readonly started: Started;
  readonly log: LogTail;
  /** Kills it and removes it with its volumes. May be called twice. */
  remove(): Promise<void>;
}

/**
 * Starts a container that can be called off: when the signal fires, the deadline passes or the container gives up,
 * everything of it is removed before the error is thrown.
 *
 * @throws Problem with the end of the container's log, or the signal's reason
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
      // A container that ends at once is gone before its log could be followed.
      log.append(await keptLog(`${ownerLabel}=${mark}`));
    }
    await remove();
    start.signal.throwIfAborted();
    const observed = deadline.aborted ? `it wasn't after ${start.deadlineMs / 1000} s` : messageOf(error);
    throw startProblem(start.what, observed, log, error);
  }
}

/** What the engine has kept of a container's log; the news of its failure must not wait for more. */
async function keptLog(label: string): Promise<string> {
  try {
    const { dockerode } = (await getContainerRuntimeClient()).container;
    const [found] = await dockerode.listContainers({ all: true, filters: { label: [label] } });
    if (found === undefined) {
      return '';
    }
    const options = { stdout: true, stderr: true, tail: 50, follow: false as const };
    return withoutFrames(await dockerode.getContainer(found.Id).logs(options));
  } catch (error) {
    return `(its log can't be had: ${messageOf(error)})\n`;
  }
}

/** Without a terminal the engine puts eight bytes before each piece: the stream's number and the piece's length. */
function withoutFrames(framed: Buffer): string {
  const pieces: string[] = [];
  for (let at = 0; at + 8 <= framed.length; ) {
    const length = framed.readUInt32BE(at + 4);
    pieces.push(framed.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return pieces.join('');
}

/** Why a container or what is in it didn't come up, with the end of its log. */
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

/** Where a container is reached, as the engine tells it now: a container that was stopped in between may have moved. */
export interface Whereabouts {
  readonly running: boolean;
  /** Its address on the network, for pods and for /32 rules. */
  readonly address: string;
  /** The port of this machine that a port of the container is mapped to. */
  readonly mappedPort: (containerPort: number) => number;
}

/** @throws Problem when it isn't on that network or the port isn't mapped */
export async function whereabouts(what: string, id: string, network: string): Promise<Whereabouts> {
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
