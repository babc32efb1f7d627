import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { installCold } from '../../environment/cold-install.ts';
import { startEnvironment } from '../../environment/environment.ts';
import type { EnvironmentRequest } from '../../environment/request.ts';
import { prepareSite } from '../../environment/site.ts';
import type { Progress } from '../../report/progress.ts';
import type { Timeline } from '../../report/timeline.ts';
import { scratchFolder } from '../../runs/temporary.ts';
import type { Measured } from './bench.ts';
import { benches } from './benches.ts';
import { packedVerifier } from './packed.ts';

export interface BenchResults {
  readonly rows: readonly Measured[];
  /** A bench that could not measure, and why: it doesn't take the others' figures with it. */
  readonly failures: readonly { readonly title: string; readonly error: unknown }[];
}

export interface BenchOptions {
  readonly request: EnvironmentRequest;
  readonly progress: Progress;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Measures one thing after the other on one environment; what is compared takes turns, so that it meets the same load. */
export async function runBenches({ request, progress, timeline, signal }: BenchOptions): Promise<BenchResults> {
  await using stack = new AsyncDisposableStack();
  const { path: folder } = stack.use(await scratchFolder('bench'));
  const verifiers = await progress.step('pack and install the verifiers', () => packedVerifier(folder, signal));
  const environment = stack.use(await startEnvironment(request, { progress, signal }));
  await writeFile(path.join(folder, 'ca.pem'), environment.authority.certificatePem);
  const site = stack.use(await prepareSite(environment, 'bench'));
  const installed = await progress.step('a healthy release', () => installCold(environment, site, timeline, signal));
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
