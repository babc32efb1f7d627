import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { type LoadReport, type Sample, summary } from './load-report.ts';

export interface SteadyLoad {
  /** Scheme and name of what is asked, e.g. `https://meho.example.com`; the certificate is checked against the name. */
  readonly origin: URL;
  /** Where connections go instead. */
  readonly connectTo: { readonly host: string; readonly port: number };
  /** Roots to trust, in PEM. */
  readonly ca: readonly string[];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ratePerSecond: number;
  /** For one answer, in milliseconds. */
  readonly deadlineMs: number;
}

export interface RunningLoad extends AsyncDisposable {
  /** What is sent from now on counts as this phase's. */
  phase(name: string): void;
  /** Sends no more, waits for what is under way, and gives a report of each phase, in the order in which they began. */
  stop(): Promise<ReadonlyMap<string, LoadReport>>;
}

const connections = 32;

/**
 * Asks at a fixed rate over connections that are kept alive, whether or not earlier requests were answered: what is slow
 * doesn't thin out the load that shows it. Nothing is sent twice; only 200 is an answer. Each request has an
 * `X-Request-ID` of its own.
 */
export function startLoad(load: SteadyLoad, firstPhase: string): RunningLoad {
  const { origin, connectTo, ca, deadlineMs } = load;
  const pool = new Pool(`${origin.protocol}//${connectTo.host}:${connectTo.port}`, {
    connections,
    pipelining: 1,
    // One request a connection at a time, as most clients of the backplane have it: what cuts a connection costs one.
    allowH2: false,
    connect: { ca: [...ca], servername: origin.hostname },
  });
  let current = phaseOf(firstPhase);
  const phases = [current];
  const underWay = new Set<Promise<void>>();

  const send = () => {
    const { samples } = current;
    const request = ask(pool, load, deadlineMs).then((sample) => {
      samples.push(sample);
      underWay.delete(request);
    });
    underWay.add(request);
  };

  const startedMs = performance.now();
  let sent = 0;
  // A busy machine calls late: what was due meanwhile is sent then, so that the rate stays what it is.
  const sendWhatIsDue = () => {
    const due = 1 + Math.floor(((performance.now() - startedMs) / 1000) * load.ratePerSecond);
    for (; sent < due; sent += 1) {
      send();
    }
  };
  const timer = setInterval(sendWhatIsDue, 1000 / load.ratePerSecond);
  sendWhatIsDue();
  let stopping: Promise<ReadonlyMap<string, LoadReport>> | undefined;
  const stop = async () => {
    clearInterval(timer);
    const endedMs = performance.now();
    await Promise.all(underWay);
    await pool.close();
    return new Map(
      phases.map(({ name, startedMs, samples }, index) => [
        name,
        summary(samples, startedMs, phases[index + 1]?.startedMs ?? endedMs),
      ]),
    );
  };
  const stopOnce = () => {
    stopping ??= stop();
    return stopping;
  };
  return {
    phase: (name) => {
      current = phaseOf(name);
      phases.push(current);
    },
    stop: stopOnce,
    [Symbol.asyncDispose]: async () => {
      await stopOnce();
    },
  };
}

function phaseOf(name: string): { name: string; startedMs: number; samples: Sample[] } {
  return { name, startedMs: performance.now(), samples: [] };
}

/** Never throws: what goes wrong is what is counted. */
async function ask(pool: Pool, { origin, path, headers }: SteadyLoad, deadlineMs: number): Promise<Sample> {
  const requestId = randomUUID();
  const sentMs = performance.now();
  const sample = (failure?: string): Sample => {
    const endedMs = performance.now();
    return { requestId, sentMs, endedMs, ...(failure === undefined ? {} : { failure }) };
  };
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path,
      headers: { ...headers, host: origin.host, 'x-request-id': requestId },
      signal: AbortSignal.timeout(deadlineMs),
    });
    const text = await body.text();
    return sample(statusCode === 200 ? undefined : `${statusCode} ${text.trim().slice(0, 80)}`.trim());
  } catch (error) {
    return sample(reasonOf(error));
  }
}

/** E.g. `UND_ERR_SOCKET other side closed`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code} ${error.message}`;
}
