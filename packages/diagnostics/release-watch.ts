import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, Problem } from '@meho/core/problem';
import { helmVersion, majorOf } from '@meho/helm/program';
import { ValuesError } from '@meho/helm/render';
import type { KubeApi } from '@meho/kube/api/api';
import type { Cause } from './cause.ts';
import { CauseTracker } from './cause-tracker.ts';
import { CustomResources } from './custom-resources.ts';
import { describeCause, diagnose } from './diagnose.ts';
import { fieldConflict } from './field-conflict.ts';
import { pendingLoadBalancers } from './load-balancers.ts';
import { pendingRelease } from './pending-release.ts';
import { snapshotSince } from './since.ts';
import { emptySnapshot, type Snapshot } from './snapshot.ts';
import { type Place, takeSnapshot } from './take-snapshot.ts';

const lookEveryMs = 500;
const lastLookDeadlineMs = 10_000;

/** An install or upgrade that didn't finish; its causes, the root first. */
export class FailedRelease extends Problem {
  readonly causes: readonly Cause[];
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

/** Thrown long before Helm would give up. */
export class StalledRelease extends FailedRelease {
  constructor(causes: readonly [Cause, ...Cause[]], afterMs: number) {
    super(causes, { observed: describeCauses(causes, afterMs), afterMs });
    this.name = 'StalledRelease';
  }
}

export interface ReleaseWatch {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly release: string;
  /** Helm 3 and 4 wait and roll back differently. */
  readonly helm: string;
  readonly signal?: AbortSignal;
}

/**
 * Watches the namespace while a release is driven.
 *
 * @param drive the helm command; its signal fires on a stall
 * @throws StalledRelease once a cause outlasts its grace, even if Helm is content; FailedRelease if `applyRelease` fails and
 * the namespace shows why; else what `applyRelease` throws
 */
export async function watchRelease<T>(
  { api, namespace, release, helm, signal }: ReleaseWatch,
  drive: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const before = await takeSnapshot(api, { namespace, release }, signal ?? new AbortController().signal).catch(
    () => emptySnapshot,
  );
  signal?.throwIfAborted();
  const started = performance.now();
  const stalled = new AbortController();
  const over = new AbortController();
  const driveSignal = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]);
  const tracker = new CauseTracker();
  const custom = new CustomResources(api, { namespace, release });
  let version: Promise<string | undefined> | undefined;
  const waitedFor = async (): Promise<readonly Cause[]> => {
    const [unready, unbalanced] = await Promise.all([
      custom.notReady(over.signal).catch(() => []),
      pendingLoadBalancers(api, { namespace, release }, over.signal).catch(() => []),
    ]);
    version ??= unready.length + unbalanced.length === 0 ? undefined : helmVersion(helm, over.signal);
    const major = majorOf(await version?.catch(() => undefined));
    return major === undefined ? [] : major >= 4 ? unready : unbalanced;
  };
  const judge = (seen: readonly Cause[]) => {
    const [first, ...others] = tracker.observe(seen, performance.now());
    return first === undefined ? undefined : new StalledRelease([first, ...others], performance.now() - started);
  };
  const present = (now: Snapshot) => snapshotSince(now, before, performance.now() - started);
  const watch = async () => {
    let seen: readonly Cause[] = [];
    while (!over.signal.aborted) {
      const [inNamespace, ofOthers] = await Promise.all([
        look(api, { namespace, release }, over.signal, seen, present),
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
    await waitForOutcome({ api, namespace, release, helm, ...(signal === undefined ? {} : { signal }) }, judge);
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

/** After Helm ends, what it ignores has the rest of its grace. */
async function waitForOutcome(
  { api, namespace, release, signal }: ReleaseWatch,
  judge: (seen: readonly Cause[]) => StalledRelease | undefined,
): Promise<void> {
  const either = signal ?? new AbortController().signal;
  let seen = await ignoredByHelm(api, { namespace, release }, either);
  while (seen.length > 0) {
    const stall = judge(seen);
    if (stall !== undefined) {
      throw stall;
    }
    await pause(either);
    either.throwIfAborted();
    seen = await ignoredByHelm(api, { namespace, release }, either);
  }
}

async function ignoredByHelm(api: KubeApi, place: Place, signal: AbortSignal): Promise<readonly Cause[]> {
  return (await look(api, place, signal, [])).filter(({ helmIgnores }) => helmIgnores === true);
}

/** The caller checks the signal. */
async function pause(signal: AbortSignal): Promise<void> {
  await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
}

/** A failed look, e.g. no namespace yet, reports nothing new. */
async function look(
  api: KubeApi,
  place: Place,
  signal: AbortSignal,
  seenBefore: readonly Cause[],
  present = (now: Snapshot) => now,
): Promise<readonly Cause[]> {
  try {
    return diagnose(present(await takeSnapshot(api, place, signal)));
  } catch {
    return seenBefore;
  }
}

/**
 * Adds the namespace's causes to Helm's error. Earlier leftovers count only without new causes, and never for refused
 * values, as nothing was begun.
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
    () => look(api, { namespace, release }, signal, [], present),
    () => custom.notReady(signal).catch(() => []),
    () => (majorOf(helm) === 3 ? pendingLoadBalancers(api, { namespace, release }, signal).catch(() => []) : []),
    () => look(api, { namespace, release }, signal, []),
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
  const observed = `${messageOf(error)}\n${describeCauses(causes, afterMs)}`;
  return new FailedRelease(causes, { observed, afterMs }, { cause: error });
}

function describeCauses(causes: readonly Cause[], afterMs: number): string {
  return `after ${(afterMs / 1000).toFixed(1)} s ${causes.map(describeCause).join('\n')}`;
}
