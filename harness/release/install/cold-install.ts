import { Backplane } from '@meho/contract/backplane/backplane';
import { err } from '@meho/core/report/output';
import type { Timeline } from '@meho/core/report/timeline';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { watchRelease } from '@meho/diagnostics/release-watch';
import { HelmRelease } from '@meho/helm/release';
import { selectorOf } from '@meho/helm/subject';
import { inventory } from '@meho/kube/workloads/inventory';
import type { Environment } from '../environment/environment.ts';
import { mergeValues } from '../environment/merge-values.ts';
import type { InstallTarget } from '../install-target/install-target.ts';
import { fitToChart } from '../trust/value-fit.ts';
import { installPhases, watchMoments } from './install-moments.ts';

/** The contract's limit in milliseconds, also Helm's timeout. */
export const installBudgetMs = 300_000;
const firstAnswerDeadlineMs = 30_000;

export interface ColdInstall {
  readonly target: InstallTarget;
  readonly release: HelmRelease;
  /** `Kind/name` of each object in the namespace beforehand. */
  readonly before: readonly string[];
  /** Epoch seconds before the first instruction, for INSTALL_START_TS. */
  readonly startedAtSeconds: number;
  /** From helm's start to the first 200 through ingress, in milliseconds; a second run of helm counts. */
  readonly tookMs: number;
}

export function releaseOn(
  environment: Environment,
  target: InstallTarget,
  release = environment.request.subject.release,
): HelmRelease {
  const { api, helm, kubeconfigFile } = environment;
  return new HelmRelease(
    { helm, kubeconfigFile, namespace: target.namespace, release },
    { api, say: (said) => err(`${said}\n`) },
  );
}

/** Values in `more` apply last. */
export function chartOptions(
  environment: Environment,
  target: InstallTarget,
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    chart: environment.request.subject.chart,
    valuesFiles: target.valuesFiles,
    values: mergeValues(target.values, fitToChart(more, environment.request.subject.fit)),
    timeoutMs: installBudgetMs,
  };
}

/**
 * Installs the judged chart on a fresh site and waits for the first 200 through ingress.
 *
 * @throws StalledRelease naming what blocks it; CommandError with helm's own words
 */
export async function installCold(
  environment: Environment,
  target: InstallTarget,
  timeline: Timeline,
  signal: AbortSignal,
  more: Readonly<Record<string, unknown>> = {},
): Promise<ColdInstall> {
  const { api, request } = environment;
  const release = releaseOn(environment, target);
  const before = await inventory(api, target.namespace, signal);
  const startedAtSeconds = Math.floor(Date.now() / 1000);
  const watching = new AbortController();
  const labels = selectorOf({ namespace: target.namespace, release: request.subject.release });
  const moments = watchMoments(api, target.namespace, labels, watching.signal);
  const helmStarted = performance.now();
  try {
    const { askedAgain } = await watchRelease({ ...release.identity, api, signal }, (driveSignal) =>
      release.install({ ...chartOptions(environment, target, more), signal: driveSignal }),
    );
    const helmEnded = performance.now();
    await waitForFirstAnswer(environment, target, signal);
    const answered = performance.now();
    const at = (moment: number) => timeline.at(moment);
    timeline.add({
      title: askedAgain === undefined ? 'cold install' : 'cold install, by two runs of helm',
      depth: 0,
      startMs: at(helmStarted),
      durationMs: answered - helmStarted,
      failed: false,
    });
    for (const phase of installPhases(moments, { helmStarted, helmEnded, firstAnswer: answered }, at)) {
      timeline.add(phase);
    }
    return { target, release, before, startedAtSeconds, tookMs: answered - helmStarted };
  } finally {
    watching.abort();
  }
}

/** Connects through ingress and trusts only the run's authority. */
export function backplaneOn({ clusterDefaults, ingress }: Environment, { host }: InstallTarget): Backplane {
  return new Backplane({
    origin: new URL(`https://${host}`),
    ca: [clusterDefaults.trust],
    connectTo: ingress.address,
    deadlineMs: 5000,
  });
}

/** Waits for a 200 through ingress. @throws WaitError */
export async function waitForFirstAnswer(
  environment: Environment,
  target: InstallTarget,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    `https://${target.host}/healthz to answer 200`,
    async (probeSignal) => {
      // A Backplane requests each path once.
      using backplane = backplaneOn(environment, target);
      const reply = await backplane.get('/healthz', probeSignal);
      if (reply.kind === 'none') {
        return notYet(reply.error.observed);
      }
      return reply.status === 200 ? holds(undefined) : notYet(`${reply.status}`);
    },
    { deadlineMs: firstAnswerDeadlineMs, intervalMs: 50, signal },
  );
}
