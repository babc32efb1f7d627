import { setTimeout as delay } from 'node:timers/promises';
import type { KubeApi } from '../kube/api.ts';
import { messageOf, Problem } from '../problem.ts';
import type { Cause } from './cause.ts';
import { CauseTracker } from './cause-tracker.ts';
import { diagnose, tellCause } from './diagnose.ts';
import { takeSnapshot } from './take-snapshot.ts';

const lookEveryMs = 500;

/** A release that can't get on by itself, long before Helm would give up: carries every cause, the root first. */
export class StalledRelease extends Problem {
  readonly causes: readonly Cause[];

  constructor(causes: readonly [Cause, ...Cause[]], afterMs: number) {
    const [first] = causes;
    super({
      expected: first.expected,
      observed: `after ${(afterMs / 1000).toFixed(1)} s ${causes.map(tellCause).join('\n')}`,
      next: first.next,
    });
    this.name = 'StalledRelease';
    this.causes = causes;
  }
}

export interface ReleaseWatch {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly signal?: AbortSignal;
}

/**
 * Drives a release while its namespace is watched for what can't come right by itself.
 *
 * @param drive the helm command; its signal fires when the release has stalled
 * @throws StalledRelease as soon as a cause has outlasted its grace; whatever `drive` throws, with the causes seen by
 *   then where there are any
 */
export async function watchRelease<T>(
  { api, namespace, signal }: ReleaseWatch,
  drive: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const stalled = new AbortController();
  const over = new AbortController();
  const driveSignal = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]);
  const tracker = new CauseTracker();
  let seen: readonly Cause[] = [];
  const watch = async () => {
    while (!over.signal.aborted) {
      seen = await look(api, namespace, over.signal, seen);
      const [first, ...others] = tracker.observe(seen, performance.now());
      if (first !== undefined && !over.signal.aborted) {
        stalled.abort(new StalledRelease([first, ...others], performance.now() - started));
        return;
      }
      await delay(lookEveryMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  try {
    return await drive(driveSignal);
  } catch (error) {
    signal?.throwIfAborted();
    if (stalled.signal.aborted) {
      throw stalled.signal.reason;
    }
    over.abort();
    throw await withCauses(error, { api, namespace }, started);
  } finally {
    over.abort();
    await watching;
  }
}

/** One look; a namespace that can't be looked at now (it may not exist yet) says nothing new. */
async function look(
  api: KubeApi,
  namespace: string,
  signal: AbortSignal,
  before: readonly Cause[],
): Promise<readonly Cause[]> {
  try {
    return diagnose(await takeSnapshot(api, namespace, signal));
  } catch {
    return before;
  }
}

/** Helm's error says that it failed; the namespace as it is now says why. */
async function withCauses(error: unknown, { api, namespace }: ReleaseWatch, started: number): Promise<unknown> {
  const [first, ...others] = await look(api, namespace, AbortSignal.timeout(10_000), []);
  if (first === undefined) {
    return error;
  }
  const stall = new StalledRelease([first, ...others], performance.now() - started);
  return new Problem(
    { expected: stall.expected, observed: `${messageOf(error)}\n${stall.observed}`, next: stall.next },
    { cause: error },
  );
}
