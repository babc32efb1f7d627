import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { type LoadReport, type Sample, summarizeLoad } from './load-report.ts';

export interface SteadyLoad {
  /** E.g. `https://meho.example.com`; the certificate must match. */
  readonly origin: URL;
  readonly connectTo: { readonly host: string; readonly port: number };
  /** In PEM. */
  readonly ca: readonly string[];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ratePerSecond: number;
  /** For one answer, in milliseconds. */
  readonly deadlineMs: number;
}

export interface RunningLoad extends AsyncDisposable {
  /** Of all phases, those that have ended. */
  readonly samples: readonly Sample[];
  /** Assigns later requests to this phase. */
  phase(name: string): void;
  /** Waits for pending requests; returns phases in order. */
  stop(): Promise<ReadonlyMap<string, LoadReport>>;
}

const connections = 32;

/**
 * Sends at a fixed rate whether or not earlier requests were answered, so that slowness doesn't thin out the load.
 * Never resends; only 200 counts.
 */
export function startLoad(load: SteadyLoad, firstPhase: string): RunningLoad {
  const { origin, connectTo, ca, deadlineMs } = load;
  const pool = new Pool(`${origin.protocol}//${connectTo.host}:${connectTo.port}`, {
    connections,
    pipelining: 1,
    // One request per connection, as in most clients: a cut connection costs one.
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
  // Catches up after late timers, to keep the rate.
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
        summarizeLoad(samples, startedMs, phases[index + 1]?.startedMs ?? endedMs),
      ]),
    );
  };
  const stopOnce = () => {
    stopping ??= stop();
    return stopping;
  };
  return {
    get samples() {
      return phases.flatMap((phase) => phase.samples);
    },
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

/** Counts failures, never throws. */
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

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code} ${error.message}`;
}
