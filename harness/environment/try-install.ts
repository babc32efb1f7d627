import { selectorOf } from '../contract/subject.ts';
import type { Cause } from '../diagnostics/cause.ts';
import { FailedRelease, watchRelease } from '../diagnostics/release-watch.ts';
import type { ChartOptions, HelmRelease } from '../helm/release.ts';
import { chartOptions, firstAnswer, releaseOn } from './cold-install.ts';
import type { Environment } from './environment.ts';
import { watchMoments } from './install-moments.ts';
import type { Site } from './site.ts';

/** What differs from the site's own install. */
export interface InstallVariation {
  /** Another chart, e.g. a copy with a defect. */
  readonly chart?: string;
  /** Apply last. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly release?: HelmRelease;
  /** Helm's own deadline in milliseconds; the contract's bound for an install where absent. */
  readonly helmTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** An install that failed, as its operator sees it. */
export interface FailedInstall {
  /** The likeliest root first; empty where nothing in the namespace explains helm's words. */
  readonly causes: readonly Cause[];
  /** From helm's start until the cause was named, in milliseconds. */
  readonly afterMs: number;
  /** The same from when the migration's Job was seen, where it was: what Helm does before that tells nothing. */
  readonly afterJobMs: number | undefined;
  readonly error: unknown;
}

/** Installs or upgrades as an operator's script would, and waits for the first 200 from outside where it has an Ingress. */
export async function install(environment: Environment, site: Site, variation: InstallVariation = {}): Promise<void> {
  await drive(environment, site, variation);
  await firstAnswer(environment, site, variation.signal ?? new AbortController().signal);
}

/** The same without asking from outside. @throws like watchRelease */
export async function drive(environment: Environment, site: Site, variation: InstallVariation = {}): Promise<void> {
  const { chart, values, helmTimeoutMs, signal } = variation;
  const release = variation.release ?? releaseOn(environment, site);
  const options: ChartOptions = {
    ...chartOptions(environment, site, values),
    ...(chart === undefined ? {} : { chart }),
    ...(helmTimeoutMs === undefined ? {} : { timeoutMs: helmTimeoutMs }),
  };
  const watch = { ...release.identity, api: environment.api, ...(signal === undefined ? {} : { signal }) };
  await watchRelease(watch, (driveSignal) => release.upgradeInstall({ ...options, signal: driveSignal }));
}

/**
 * Installs where it has to fail.
 *
 * @throws Error when it succeeds: the fault was none
 */
export async function installToFailure(
  environment: Environment,
  site: Site,
  variation: InstallVariation = {},
): Promise<FailedInstall> {
  const { api, request } = environment;
  const release = variation.release?.identity.release ?? request.subject.release;
  const watching = new AbortController();
  const started = performance.now();
  const labels = selectorOf({ namespace: site.namespace, release });
  const moments = watchMoments(api, site.namespace, labels, watching.signal);
  try {
    await drive(environment, site, variation);
  } catch (error) {
    const named = error instanceof FailedRelease;
    const afterMs = named ? error.afterMs : performance.now() - started;
    const { jobCreated } = moments;
    const afterJobMs = jobCreated === undefined ? undefined : started + afterMs - jobCreated;
    return { causes: named ? error.causes : [], afterMs, afterJobMs, error };
  } finally {
    watching.abort();
  }
  throw new Error(`expected the install into ${site.namespace} to fail, but helm is content and nothing else is wrong`);
}
