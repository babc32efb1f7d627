import { Backplane } from '../contract/backplane.ts';
import { selectorOf } from '../contract/subject.ts';
import { watchRelease } from '../diagnostics/release-watch.ts';
import { HelmRelease } from '../helm/release.ts';
import { inventory } from '../kube/inventory.ts';
import type { Timeline } from '../report/timeline.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import type { Environment } from './environment.ts';
import { installPhases, watchMoments } from './install-moments.ts';
import { merged } from './merged.ts';
import type { Site } from './site.ts';
import { forSubject } from './subject-fit.ts';

/** The contract's bound for an install, in milliseconds; Helm is given as much. */
export const installBudgetMs = 300_000;
const firstAnswerDeadlineMs = 30_000;

export interface Installed {
  readonly site: Site;
  readonly release: HelmRelease;
  /** What was in the namespace before, as `Kind/name`. */
  readonly before: readonly string[];
  /** Seconds since 1970 before the first instruction, as INSTALL_START_TS wants it. */
  readonly startedAtSeconds: number;
  /** From helm's start to the first 200 through the ingress controller, in milliseconds. */
  readonly tookMs: number;
}

/** A release of the judged chart on a site, not yet installed. */
export function releaseOn(
  environment: Environment,
  site: Site,
  release = environment.request.subject.release,
): HelmRelease {
  const { helm, kubeconfigFile } = environment;
  return new HelmRelease({ helm, kubeconfigFile, namespace: site.namespace, release });
}

/** What helm is given for a site; `more` applies last. */
export function chartOptions(environment: Environment, site: Site, more: Readonly<Record<string, unknown>> = {}) {
  return {
    chart: environment.request.subject.chart,
    valuesFiles: site.valuesFiles,
    values: merged(site.values, forSubject(more, environment.request.subject.fit)),
    timeoutMs: installBudgetMs,
  };
}

/**
 * Installs the judged chart on a fresh site, as an operator would, and waits for the first 200 from outside.
 *
 * @param more values that apply after those of the site
 * @throws StalledRelease naming what keeps it from getting on; CommandError with helm's own words
 */
export async function installCold(
  environment: Environment,
  site: Site,
  timeline: Timeline,
  signal: AbortSignal,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Installed> {
  const { api, request } = environment;
  const release = releaseOn(environment, site);
  const before = await inventory(api, site.namespace, signal);
  const startedAtSeconds = Math.floor(Date.now() / 1000);
  const watching = new AbortController();
  const labels = selectorOf({ namespace: site.namespace, release: request.subject.release });
  const moments = watchMoments(api, site.namespace, labels, watching.signal);
  const helmStarted = performance.now();
  try {
    await watchRelease({ ...release.identity, api, signal }, (driveSignal) =>
      release.install({ ...chartOptions(environment, site, more), signal: driveSignal }),
    );
    const helmEnded = performance.now();
    await firstAnswer(environment, site, signal);
    const answered = performance.now();
    const at = (moment: number) => timeline.at(moment);
    timeline.add({
      title: 'cold install',
      depth: 0,
      startMs: at(helmStarted),
      durationMs: answered - helmStarted,
      failed: false,
    });
    for (const phase of installPhases(moments, { helmStarted, helmEnded, firstAnswer: answered }, at)) {
      timeline.add(phase);
    }
    return { site, release, before, startedAtSeconds, tookMs: answered - helmStarted };
  } finally {
    watching.abort();
  }
}

/** The backplane on a site, through the ingress controller and with the run's authority as the only one trusted. */
export function backplaneOn({ ground, ingress }: Environment, { host }: Site): Backplane {
  return new Backplane({
    origin: new URL(`https://${host}`),
    ca: [ground.trust],
    connectTo: ingress.address,
    deadlineMs: 5000,
  });
}

/** Waits for the first 200 from outside. @throws WaitError */
export async function firstAnswer(environment: Environment, site: Site, signal: AbortSignal): Promise<void> {
  await waitFor(
    `https://${site.host}/healthz to answer 200`,
    async (probeSignal) => {
      // A new one each time: a Backplane asks each path once.
      using backplane = backplaneOn(environment, site);
      const reply = await backplane.get('/healthz', probeSignal);
      if (reply.kind === 'none') {
        return notYet(reply.error.observed);
      }
      return reply.status === 200 ? holds(undefined) : notYet(`${reply.status}`);
    },
    { deadlineMs: firstAnswerDeadlineMs, intervalMs: 50, signal },
  );
}
