import { setTimeout as delay } from 'node:timers/promises';
import { helmVersion, majorOf } from '../helm/program.ts';
import { ValuesError } from '../helm/render.ts';
import type { KubeApi } from '../kube/api.ts';
import { messageOf, Problem } from '../problem.ts';
import type { Cause } from './cause.ts';
import { CauseTracker } from './cause-tracker.ts';
import { CustomResources } from './custom-resources.ts';
import { diagnose, tellCause } from './diagnose.ts';
import { fieldConflict } from './field-conflict.ts';
import { pendingRelease } from './pending-release.ts';
import { sinceThen } from './since.ts';
import { emptySnapshot, type Snapshot } from './snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

const lookEveryMs = 500;
const lastLookDeadlineMs = 10_000;

/** An install or upgrade that did not come to its end, with every cause that could be named, the root first. */
export class FailedRelease extends Problem {
  readonly causes: readonly Cause[];
  /** From helm's start until they were named, in milliseconds. */
  readonly afterMs: number;

  constructor(
    [first, ...others]: readonly [Cause, ...Cause[]],
    { observed, afterMs }: { readonly observed: string; readonly afterMs: number },
    options?: ErrorOptions,
  ) {
    super({ expected: first.expected, observed, next: first.next }, options);
    this.name = 'FailedRelease';
    this.causes = [first, ...others];
    this.afterMs = afterMs;
  }
}

/** A release that can't get on by itself, long before Helm would give up. */
export class StalledRelease extends FailedRelease {
  constructor(causes: readonly [Cause, ...Cause[]], afterMs: number) {
    super(causes, { observed: told(causes, afterMs), afterMs });
    this.name = 'StalledRelease';
  }
}

export interface ReleaseWatch {
  readonly api: KubeApi;
  readonly namespace: string;
  /** Name of the release that is driven. */
  readonly release: string;
  /** The helm program that drives it: what it waits for, and what brings a release back, differs between Helm 3 and 4. */
  readonly helm: string;
  readonly signal?: AbortSignal;
}

/**
 * Drives a release while its namespace is watched for what can't come right by itself.
 *
 * @param drive the helm command; its signal fires when the release has stalled
 * @throws StalledRelease as soon as a cause has outlasted its grace, also when Helm itself is content; FailedRelease
 *   when `drive` fails and the namespace shows why; else whatever `drive` throws
 */
export async function watchRelease<T>(
  { api, namespace, release, helm, signal }: ReleaseWatch,
  drive: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const before = await takeSnapshot(api, namespace, signal ?? new AbortController().signal).catch(() => emptySnapshot);
  signal?.throwIfAborted();
  const started = performance.now();
  const stalled = new AbortController();
  const over = new AbortController();
  const driveSignal = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]);
  const tracker = new CauseTracker();
  const custom = new CustomResources(api, { namespace, release });
  let version: Promise<string | undefined> | undefined;
  const waitedFor = async (): Promise<readonly Cause[]> => {
    const found = await custom.notReady(over.signal).catch(() => []);
    version ??= found.length === 0 ? undefined : helmVersion(helm, over.signal);
    return (majorOf(await version?.catch(() => undefined)) ?? 3) >= 4 ? found : [];
  };
  const judge = (seen: readonly Cause[]) => {
    const [first, ...others] = tracker.observe(seen, performance.now());
    return first === undefined ? undefined : new StalledRelease([first, ...others], performance.now() - started);
  };
  const present = (now: Snapshot) => sinceThen(now, before, performance.now() - started);
  const watch = async () => {
    let seen: readonly Cause[] = [];
    while (!over.signal.aborted) {
      const [inNamespace, ofOthers] = await Promise.all([
        look(api, namespace, over.signal, seen, present),
        waitedFor(),
      ]);
      seen = inNamespace;
      const stall = judge([...seen, ...ofOthers]);
      if (stall !== undefined && !over.signal.aborted) {
        stalled.abort(stall);
        return;
      }
      await pause(over.signal);
    }
  };
  const watching = watch();
  try {
    const result = await drive(driveSignal);
    over.abort();
    await watching;
    await settled({ api, namespace, release, helm, ...(signal === undefined ? {} : { signal }) }, judge);
    return result;
  } catch (error) {
    signal?.throwIfAborted();
    if (stalled.signal.aborted) {
      throw stalled.signal.reason;
    }
    over.abort();
    throw error instanceof FailedRelease
      ? error
      : await withCauses(error, { api, namespace, release, helm }, started, { present, custom });
  } finally {
    over.abort();
    await watching;
  }
}

/** After Helm's end: what Helm doesn't look at has the rest of its grace to come right. */
async function settled(
  { api, namespace, signal }: ReleaseWatch,
  judge: (seen: readonly Cause[]) => StalledRelease | undefined,
): Promise<void> {
  const either = signal ?? new AbortController().signal;
  let seen = await ignoredByHelm(api, namespace, either);
  while (seen.length > 0) {
    const stall = judge(seen);
    if (stall !== undefined) {
      throw stall;
    }
    await pause(either);
    either.throwIfAborted();
    seen = await ignoredByHelm(api, namespace, either);
  }
}

async function ignoredByHelm(api: KubeApi, namespace: string, signal: AbortSignal): Promise<readonly Cause[]> {
  return (await look(api, namespace, signal, [])).filter(({ helmIgnores }) => helmIgnores === true);
}

/** Wakes up early when the signal fires; whoever waits looks at it. */
async function pause(signal: AbortSignal): Promise<void> {
  await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
}

/** One look; a namespace that can't be looked at now (it may not exist yet) says nothing new. */
async function look(
  api: KubeApi,
  namespace: string,
  signal: AbortSignal,
  seenBefore: readonly Cause[],
  present = (now: Snapshot) => now,
): Promise<readonly Cause[]> {
  try {
    return diagnose(present(await takeSnapshot(api, namespace, signal)));
  } catch {
    return seenBefore;
  }
}

/**
 * Helm's error says that it failed; the namespace as it is now says why. What an earlier attempt left there counts only
 * where the present one has nothing to show, and never for values that the chart refused: nothing was begun then.
 */
async function withCauses(
  error: unknown,
  { api, namespace, release, helm: program }: ReleaseWatch,
  started: number,
  { present, custom }: { readonly present: (now: Snapshot) => Snapshot; readonly custom: CustomResources },
): Promise<unknown> {
  if (error instanceof ValuesError) {
    return error;
  }
  const signal = AbortSignal.timeout(lastLookDeadlineMs);
  const helm = await helmVersion(program, signal).catch(() => undefined);
  const looks = [
    () => fieldConflict(api, { namespace, release, helm }, error, signal).catch(() => []),
    () => pendingRelease(api, { namespace, release, helm }, error, signal).catch(() => []),
    () => look(api, namespace, signal, [], present),
    () => custom.notReady(signal).catch(() => []),
    () => look(api, namespace, signal, []),
  ];
  let found: readonly Cause[] = [];
  for (const each of looks) {
    found = found.length > 0 ? found : await each();
  }
  const [first, ...others] = found;
  if (first === undefined) {
    return error;
  }
  const causes = [first, ...others] as const;
  const afterMs = performance.now() - started;
  const observed = `${messageOf(error)}\n${told(causes, afterMs)}`;
  return new FailedRelease(causes, { observed, afterMs }, { cause: error });
}

function told(causes: readonly Cause[], afterMs: number): string {
  return `after ${(afterMs / 1000).toFixed(1)} s ${causes.map(tellCause).join('\n')}`;
}
