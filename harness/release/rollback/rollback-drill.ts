import type { Environment } from '../environment/environment.ts';
import type { JudgedImage } from '../environment/judged-image.ts';
import { imageValues, nextImage } from '../environment/next-image.ts';
import { releaseOn } from '../install/cold-install.ts';
import { applyRelease, install } from '../install/try-install.ts';
import { waitForNoPodOf, waitForOnlyBuild } from '../install/wait-for-build.ts';
import type { InstallTarget } from '../install-target/install-target.ts';
import { describeLoad, type LoadReport } from '../load/load-report.ts';
import { type RunningLoad, startLoad } from '../load/steady-load.ts';
import { type AuditRow, type AuthenticatedRequest, rowsOf, sendAuthenticated } from '../smoke/audit-rows.ts';
import { schemaDump } from './schema-dump.ts';
import { RollbackWatch } from './watch-rollback.ts';

interface StageRecord {
  readonly asked: readonly AuthenticatedRequest[];
  readonly rows: readonly AuditRow[];
  readonly schema: readonly string[];
}

export interface RollbackDrill {
  readonly target: InstallTarget;
  readonly n: JudgedImage;
  readonly next: JudgedImage;
  readonly stages: { readonly n: StageRecord; readonly next: StageRecord; readonly back: StageRecord };
  readonly load: { readonly upgrade: LoadReport; readonly rollback: LoadReport };
  /** In milliseconds. */
  readonly tookMs: { readonly upgrade: number; readonly rollback: number };
}

/** A single replica couldn't serve every request during the change. */
export const drillValues = { replicaCount: 2 } as const;

const ratePerSecond = 20;
const answerDeadlineMs = 10_000;
/** In milliseconds. */
const rollbackTimeoutMs = 120_000;

/** Installs N, upgrades to N+1 and rolls back under authenticated load. */
export async function drillRollback(
  environment: Environment,
  target: InstallTarget,
  signal: AbortSignal,
): Promise<RollbackDrill> {
  const n = environment.judged;
  const [next] = await Promise.all([
    nextImage(environment),
    install(environment, target, { values: drillValues, signal }),
  ]);
  const underN = await stage(environment, target, signal);

  await using load = await startLoadOn(environment, target, 'upgrade');
  const watch = await RollbackWatch.start(target);
  try {
    await watch.begins('upgrade to N+1');
    const upgraded = performance.now();
    await applyRelease(environment, target, { values: { ...drillValues, ...imageValues(next) }, signal });
    const upgrade = performance.now() - upgraded;
    await watch.begins('helm is done; N still ends');
    await waitForOnlyBuild(environment, target, next.gitSha, signal);
    await watch.begins('only N+1 serves');
    const underNext = await stage(environment, target, signal);

    load.phase('rollback');
    await watch.begins('rollback to N');
    const { durationMs: rollback } = await releaseOn(environment, target).rollback({
      timeoutMs: rollbackTimeoutMs,
      signal,
    });
    await watch.begins('helm is done; N+1 still ends');
    await waitForOnlyBuild(environment, target, n.gitSha, signal);
    await watch.begins('only N serves, on the schema of N+1');
    const back = await stage(environment, target, signal);
    await waitForNoPodOf(environment, target, next, signal);
    const reports = await load.stop();
    return {
      target,
      n,
      next,
      stages: { n: underN, next: underNext, back },
      load: { upgrade: reportOfPhase(reports, 'upgrade'), rollback: reportOfPhase(reports, 'rollback') },
      tookMs: { upgrade, rollback },
    };
  } finally {
    await load.stop();
    await watch.keep(environment.request.artefacts, ratePerSecond, load.samples);
  }
}

export function describeDrill({ tookMs, load }: RollbackDrill): readonly string[] {
  const half = (what: keyof typeof tookMs) =>
    `${what}: ${(tookMs[what] / 1000).toFixed(1)} s; ${ratePerSecond} requests/s: ${describeLoad(load[what])}`;
  return [half('upgrade'), half('rollback')];
}

async function stage(environment: Environment, target: InstallTarget, signal: AbortSignal): Promise<StageRecord> {
  const asked = await sendAuthenticated(environment, target, signal);
  const requestIds = asked.map(({ requestId }) => requestId);
  return { asked, rows: await rowsOf(target, requestIds), schema: await schemaDump(target.database) };
}

/** Each request leaves an audit row before its response. */
export async function startLoadOn(
  { authority, ingress, openId }: Environment,
  { host }: InstallTarget,
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

function reportOfPhase(reports: ReadonlyMap<string, LoadReport>, phase: string): LoadReport {
  const report = reports.get(phase);
  if (report === undefined) {
    throw new Error(`no load ran during ${phase}`);
  }
  return report;
}
