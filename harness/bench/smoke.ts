import { HEALTH_PATH } from '@meho/helm/subject';
import type { Evaluation } from '../faults/evaluation.ts';
import { smoke as story } from '../faults/smoke.ts';
import type { Bench, Measured } from './bench.ts';
import { serverTimings } from './server-timing.ts';
import { baselineName, looks, shell } from './shell.ts';
import { median } from './table.ts';
import { besides, repetitions } from './verdicts.ts';

/** Target in the design: half the time of the shell script. */
const barMs = 250;

/** In milliseconds; parallel work counts in each part. */
interface Split {
  readonly process: number;
  readonly tls: number;
  readonly backplane: number;
  readonly vault: number;
  readonly database: number;
  readonly cluster: number;
}

const names: Readonly<Record<keyof Split, string>> = {
  process: "Node's start, loading and exit",
  tls: 'TLS: TCP and handshake with the ingress controller',
  backplane: 'backplane: its answer, way and ingress controller included, without Vault and database',
  vault: "Vault: login with the operator's token and read, as the backplane measures it",
  database: "database: the backplane's schema look and audit row, and the verifier's query",
  cluster: "Kubernetes' API: migration Job, beside the others",
};

export const smoke: Bench = {
  title: `smoke's verdict, ${repetitions} times beside a shell's`,
  async measure(context) {
    const rounds = await besides(context, story, (inTurn) => shell(inTurn, looks.smoke));
    const whole: Measured = {
      what: `smoke, start to exit, median of ${repetitions}`,
      tookMs: median(rounds.map(({ seen }) => seen.durationMs)),
      barMs,
      baseline: {
        name: `${baselineName}, without the audit row`,
        tookMs: median(rounds.map(({ baselineMs }) => baselineMs)),
      },
    };
    const splits = rounds.map(({ seen }) => splitOf(seen));
    const parts = (Object.keys(names) as (keyof Split)[]).map(
      (part): Measured => ({
        what: `  ${names[part]}`,
        tookMs: median(splits.map((split) => split[part])),
        baseline: { name: "smoke's whole verdict", tookMs: whole.tookMs },
      }),
    );
    return [whole, ...parts];
  },
};

/** @throws Error if a time is missing, because a share that wasn't measured would look like zero */
function splitOf({ durationMs, timings }: Evaluation): Split {
  const request = timings?.requests.find(({ path, withToken }) => path === HEALTH_PATH && withToken);
  if (timings === undefined || request?.serverTiming === undefined) {
    throw new Error("the smoke's one request has no timing, or the backplane's answer no Server-Timing");
  }
  const server = serverTimings(request.serverTiming);
  const told = (name: string) => {
    const ms = server.get(name);
    if (ms === undefined) {
      throw new Error(`the backplane's Server-Timing has no ${name}: ${request.serverTiming}`);
    }
    return ms;
  };
  const { connectMs, tlsMs, waitMs, readMs } = request;
  const inDatabase = told('schema') + told('audit');
  return {
    process: durationMs - timings.verdictMs,
    tls: connectMs + tlsMs,
    // These are checked in parallel, so the answer waits for the longer one.
    backplane: waitMs + readMs - Math.max(told('vault'), told('schema')) - told('audit'),
    vault: told('vault'),
    database: inDatabase + (timings.checksMs['audit-row'] ?? 0),
    cluster: timings.checksMs['migration-job'] ?? 0,
  };
}
