import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '@meho/core/report/progress';
import type { Timeline } from '@meho/core/report/timeline';
import { scratchFolder } from '@meho/core/runs/temporary';
import { startEnvironment } from '../release/environment/environment.ts';
import type { EnvironmentRequest } from '../release/environment/request.ts';
import { installCold } from '../release/install/cold-install.ts';
import { prepareInstallTarget } from '../release/install-target/install-target.ts';
import type { Measured } from './bench.ts';
import { benches } from './benches.ts';
import { packedVerifier } from './packed.ts';

export interface BenchResults {
  readonly rows: readonly Measured[];
  /** One failure doesn't lose the others' figures. */
  readonly failures: readonly { readonly title: string; readonly error: unknown }[];
}

export interface BenchOptions {
  readonly request: EnvironmentRequest;
  readonly progress: Progress;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Runs benches in turn; comparisons alternate, to meet the same load. */
export async function runBenches({ request, progress, timeline, signal }: BenchOptions): Promise<BenchResults> {
  await using stack = new AsyncDisposableStack();
  const { path: folder } = stack.use(await scratchFolder('bench'));
  const verifiers = await progress.step('pack and install the verifiers', () => packedVerifier(folder, signal));
  const environment = stack.use(await startEnvironment(request, { progress, signal }));
  await writeFile(path.join(folder, 'ca.pem'), environment.authority.certificatePem);
  const target = stack.use(await prepareInstallTarget(environment, 'bench'));
  const installed = await progress.step('a healthy release', () => installCold(environment, target, timeline, signal));
  const defer = (undo: () => Promise<void>) => stack.defer(undo);
  const context = { environment, installed, folder, signal, defer, verifiers, progress, timeline };
  const rows: Measured[] = [];
  const failures: { readonly title: string; readonly error: unknown }[] = [];
  for (const { title, measure } of benches) {
    try {
      rows.push(...(await progress.step(title, () => measure(context))));
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ title, error });
    }
  }
  return { rows, failures };
}
