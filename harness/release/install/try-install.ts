import type { Cause } from '@meho/diagnostics/cause';
import { FailedRelease, watchRelease } from '@meho/diagnostics/release-watch';
import type { ChartOptions, HelmRelease } from '@meho/helm/release';
import { selectorOf } from '@meho/helm/subject';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';
import { chartOptions, releaseOn, waitForFirstAnswer } from './cold-install.ts';
import { watchMoments } from './install-moments.ts';

export interface InstallVariation {
  readonly chart?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly release?: HelmRelease;
  /** In milliseconds; absent: the contract's limit. */
  readonly helmTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface FailedInstall {
  /** Likeliest first; empty if nothing explains helm's error. */
  readonly causes: readonly Cause[];
  /** From helm's start to the named cause, in milliseconds. */
  readonly afterMs: number;
  /** From the first sight of the migration Job, if any: earlier steps reveal nothing. */
  readonly afterJobMs: number | undefined;
  readonly error: unknown;
}

/** Waits for the first 200 through ingress. */
export async function install(
  environment: Environment,
  target: InstallTarget,
  variation: InstallVariation = {},
): Promise<void> {
  await applyRelease(environment, target, variation);
  await waitForFirstAnswer(environment, target, variation.signal ?? new AbortController().signal);
}

/** Doesn't wait. @throws like watchRelease */
export async function applyRelease(
  environment: Environment,
  target: InstallTarget,
  variation: InstallVariation = {},
): Promise<void> {
  const { chart, values, helmTimeoutMs, signal } = variation;
  const release = variation.release ?? releaseOn(environment, target);
  const options: ChartOptions = {
    ...chartOptions(environment, target, values),
    ...(chart === undefined ? {} : { chart }),
    ...(helmTimeoutMs === undefined ? {} : { timeoutMs: helmTimeoutMs }),
  };
  const watch = { ...release.identity, api: environment.api, ...(signal === undefined ? {} : { signal }) };
  await watchRelease(watch, (driveSignal) => release.upgradeInstall({ ...options, signal: driveSignal }));
}

/** @throws Error on success: the fault had no effect */
export async function installToFailure(
  environment: Environment,
  target: InstallTarget,
  variation: InstallVariation = {},
): Promise<FailedInstall> {
  const { api, request } = environment;
  const release = variation.release?.identity.release ?? request.subject.release;
  const watching = new AbortController();
  const started = performance.now();
  const labels = selectorOf({ namespace: target.namespace, release });
  const moments = watchMoments(api, target.namespace, labels, watching.signal);
  try {
    await applyRelease(environment, target, variation);
  } catch (error) {
    const named = error instanceof FailedRelease;
    const afterMs = named ? error.afterMs : performance.now() - started;
    const { jobCreated } = moments;
    const afterJobMs = jobCreated === undefined ? undefined : started + afterMs - jobCreated;
    return { causes: named ? error.causes : [], afterMs, afterJobMs, error };
  } finally {
    watching.abort();
  }
  throw new Error(
    `expected the install into ${target.namespace} to fail, but helm is content and nothing else is wrong`,
  );
}
