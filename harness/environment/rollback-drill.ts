import { type LoadReport, tellLoad } from '../load/load-report.ts';
import { type RunningLoad, startLoad } from '../load/steady-load.ts';
import { type AskedRequest, type AuditRow, askAuthenticated, rowsOf } from './audit-rows.ts';
import { releaseOn } from './cold-install.ts';
import type { Environment } from './environment.ts';
import type { JudgedImage } from './judged-image.ts';
import { imageValues, nextImage } from './next-image.ts';
import { schemaDump } from './schema-dump.ts';
import type { Site } from './site.ts';
import { drive, install } from './try-install.ts';
import { noPodOf, onlyAnswers } from './turnover.ts';

/** What was seen while one of the images served. */
export interface Stage {
  readonly asked: readonly AskedRequest[];
  /** Their rows, as they were then. */
  readonly rows: readonly AuditRow[];
  readonly schema: readonly string[];
}

/** N, N+1 and back, as an operator does it, while others go on working. */
export interface RollbackDrill {
  readonly site: Site;
  readonly n: JudgedImage;
  readonly next: JudgedImage;
  readonly stages: { readonly n: Stage; readonly next: Stage; readonly back: Stage };
  readonly load: { readonly upgrade: LoadReport; readonly rollback: LoadReport };
  /** Helm's start to its end, in milliseconds. */
  readonly tookMs: { readonly upgrade: number; readonly rollback: number };
}

/** With fewer nobody could promise that no request is lost. */
export const drillValues = { replicaCount: 2 } as const;

const ratePerSecond = 20;
const answerDeadlineMs = 10_000;
/** Helm's own, in milliseconds. */
const rollbackTimeoutMs = 120_000;

/** Installs N on a fresh site, upgrades to N+1 and rolls back, with authenticated requests all the time. */
export async function drillRollback(environment: Environment, site: Site, signal: AbortSignal): Promise<RollbackDrill> {
  const n = environment.judged;
  const [next] = await Promise.all([
    nextImage(environment),
    install(environment, site, { values: drillValues, signal }),
  ]);
  const underN = await stage(environment, site, signal);

  await using load = await loadOn(environment, site, 'upgrade');
  const upgraded = performance.now();
  await drive(environment, site, { values: { ...drillValues, ...imageValues(next) }, signal });
  const upgrade = performance.now() - upgraded;
  await onlyAnswers(environment, site, next.gitSha, signal);
  const underNext = await stage(environment, site, signal);

  load.phase('rollback');
  const rollback = (await releaseOn(environment, site).rollback({ timeoutMs: rollbackTimeoutMs, signal })).durationMs;
  await onlyAnswers(environment, site, n.gitSha, signal);
  const back = await stage(environment, site, signal);
  await noPodOf(environment, site, next, signal);
  const reports = await load.stop();
  return {
    site,
    n,
    next,
    stages: { n: underN, next: underNext, back },
    load: { upgrade: reported(reports, 'upgrade'), rollback: reported(reports, 'rollback') },
    tookMs: { upgrade, rollback },
  };
}

/** One line for each half of the drill. */
export function tellDrill({ tookMs, load }: RollbackDrill): readonly string[] {
  const half = (what: keyof typeof tookMs) =>
    `${what}: ${(tookMs[what] / 1000).toFixed(1)} s; ${ratePerSecond} requests/s: ${tellLoad(load[what])}`;
  return [half('upgrade'), half('rollback')];
}

async function stage(environment: Environment, site: Site, signal: AbortSignal): Promise<Stage> {
  const asked = await askAuthenticated(environment, site, signal);
  const requestIds = asked.map(({ requestId }) => requestId);
  return { asked, rows: await rowsOf(site, requestIds), schema: await schemaDump(site.database) };
}

/** An operator who works on: each request is authenticated and leaves a row before it is answered. */
export async function loadOn(
  { authority, ingress, openId }: Environment,
  { host }: Site,
  firstPhase: string,
): Promise<RunningLoad> {
  const token = await openId.token('operator', { kind: 'sound' });
  const load = {
    origin: new URL(`https://${host}`),
    connectTo: ingress.address,
    ca: [authority.certificatePem],
    path: '/api/v1/health/live',
    headers: { authorization: `Bearer ${token}` },
    ratePerSecond,
    deadlineMs: answerDeadlineMs,
  };
  return startLoad(load, firstPhase);
}

function reported(reports: ReadonlyMap<string, LoadReport>, phase: string): LoadReport {
  const report = reports.get(phase);
  if (report === undefined) {
    throw new Error(`no load ran during ${phase}`);
  }
  return report;
}
