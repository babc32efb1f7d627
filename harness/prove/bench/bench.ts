import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chartOptions, installCold, releaseOn } from '../../environment/cold-install.ts';
import { startEnvironment } from '../../environment/environment.ts';
import type { EnvironmentRequest } from '../../environment/request.ts';
import { prepareSite } from '../../environment/site.ts';
import { Problem } from '../../problem.ts';
import type { Progress } from '../../report/progress.ts';
import type { Timeline } from '../../report/timeline.ts';
import { askVerifier } from '../ask-verifier.ts';
import { install } from '../install.ts';
import type { ProveContext } from '../story.ts';
import { baselineName, runBaseline } from './baseline.ts';
import { packedVerifier } from './packed.ts';
import { type Measured, median } from './table.ts';

/** Design, "Numbers to reach", in milliseconds. */
const bars = { clusterUsableMs: 25_000, coldInstallMs: 20_000, verdictMs: 330 } as const;
const repetitions = 10;

export interface BenchOptions {
  readonly request: EnvironmentRequest;
  readonly progress: Progress;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Measures on one environment, the verifier and its baseline in turn, so that both meet the same load. */
export async function bench({ request, progress, timeline, signal }: BenchOptions): Promise<readonly Measured[]> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const command = await progress.step('pack and install the verifiers', () => packedVerifier(folder, signal));
  const environment = stack.use(await startEnvironment(request, { progress, signal }));
  await writeFile(path.join(folder, 'ca.pem'), environment.authority.certificatePem);
  const plain = await progress.step('baseline: helm alone', async () => {
    await using site = await prepareSite(environment, 'plain');
    return (await releaseOn(environment, site).install({ ...chartOptions(environment, site), signal })).durationMs;
  });
  const site = stack.use(await prepareSite(environment, 'bench'));
  const started = performance.now();
  const installed = await progress.step('cold install', () => installCold(environment, site, timeline, signal));
  const context = { environment, installed, folder, signal };
  await verdict(context, command);
  const coldInstallMs = performance.now() - started;
  const runs = await progress.step(`${repetitions} verdicts, each beside the shell's`, () => pairs(context, command));
  return [
    { what: 'cluster usable', tookMs: phase(timeline, 'cluster'), barMs: bars.clusterUsableMs },
    {
      what: "cold install, helm's start to install-verify's last line",
      tookMs: coldInstallMs,
      barMs: bars.coldInstallMs,
      baseline: { name: 'helm install --wait alone', tookMs: plain },
    },
    {
      what: `install-verify, start to exit, median of ${repetitions}`,
      tookMs: median(runs.map(({ ours }) => ours)),
      barMs: bars.verdictMs,
      baseline: { name: baselineName, tookMs: median(runs.map(({ shell }) => shell)) },
    },
  ];
}

async function pairs(context: ProveContext, command: string) {
  const runs: { readonly ours: number; readonly shell: number }[] = [];
  for (let round = 0; round < repetitions; round += 1) {
    const ours = await verdict(context, command);
    const token = await context.environment.openId.token('operator', { kind: 'sound' });
    runs.push({ ours, shell: await runBaseline(context, token) });
  }
  return runs;
}

/** One verdict on the healthy release, with the token and without the database, which the shell doesn't ask either. */
async function verdict(context: ProveContext, command: string): Promise<number> {
  const asked = await install.ask(context);
  const withoutDatabase = { ...asked, env: { ...asked.env, DATABASE_URL: '' } };
  const { red, warned, durationMs, words } = await askVerifier(
    command,
    install.verifier,
    withoutDatabase,
    context.signal,
  );
  if (red.length > 0 || warned.length > 0) {
    throw new Problem({
      expected: 'a green verdict on a healthy release',
      observed: words,
      next: 'run `npm run acceptance` first: a bench of a broken release measures nothing',
    });
  }
  return durationMs;
}

function phase(timeline: Timeline, title: string): number {
  const found = timeline.phases.find((candidate) => candidate.title === title);
  if (found === undefined) {
    throw new Error(`no phase ${title} was measured`);
  }
  return found.durationMs;
}
