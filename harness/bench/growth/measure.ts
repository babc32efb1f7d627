import { messageOf } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';
import { peakBytesIn } from '@meho/core/testing/tell-peak';
import type { GrowthBuild, GrowthCall } from './axis.ts';

export interface Measurement {
  readonly ms: number;
  readonly mib: number;
}

/** The verdict was another than it has to be, or none came. */
export class WrongVerdict extends Error {
  override readonly name = 'WrongVerdict';
}

const deadlineMs = 10 * 60_000;

/** @param preload tells the peak @throws WrongVerdict: a call that goes wrong measures nothing */
export async function measure(
  build: GrowthBuild,
  call: GrowthCall,
  { preload, signal }: { readonly preload: string; readonly signal: AbortSignal },
): Promise<Measurement> {
  call.before?.();
  const started = performance.now();
  const { stdout, stderr } = await run(process.execPath, call.arguments(build), {
    env: { ...call.env, NODE_OPTIONS: `--import=${preload}` },
    timeoutMs: deadlineMs,
    signal,
    acceptExitCodes: [call.exitCode],
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error instanceof CommandError ? new WrongVerdict(messageOf(error), { cause: error }) : error;
  });
  const ms = performance.now() - started;
  const mib = peakBytesIn(stderr) / 1024 / 1024;
  if (!call.says.test(`${stdout}\n${stderr}`) || Number.isNaN(mib)) {
    throw new WrongVerdict(`expected ${call.says} and its peak of memory; seen: ${`${stdout}\n${stderr}`.slice(-600)}`);
  }
  return { ms, mib };
}
