import type { AuditLog } from '@meho/contract/audit-log/audit-log';
import { isFailure, type Result } from '@meho/contract/check';
import { pullRequestChecks } from '@meho/contract/checks';
import type { Secret } from '@meho/contract/token/secret';
import { Timeline } from '@meho/core/report/timeline';
import type { RunIdentity } from '@meho/core/runs/identity';
import { watchRelease } from '@meho/diagnostics/release-watch';
import { describeWait } from '@meho/helm/program';
import type { HelmRelease } from '@meho/helm/release';
import type { KubeApi } from '@meho/kube/api/api';
import { findIngress } from '@meho/kube/workloads/ingress-class';
import { ingressDoubts, prValues } from './chart-values.ts';
import { claimLabels, namespaceOf } from './claim.ts';
import { runForwardedSmoke } from './forwarded-smoke.ts';
import { claimNamespace, dropNamespace } from './namespace.ts';
import { resultOf, type Step, skippedStep, takeStep } from './steps.ts';
import { createSuppliedObjects, type SuppliedObject } from './supplied-objects.ts';

export interface PrSmoke {
  readonly pr: number;
  readonly run: RunIdentity;
  readonly api: KubeApi;
  readonly release: HelmRelease;
  readonly helm: string;
  readonly chart: string;
  readonly chartVersion: string | undefined;
  readonly valuesFiles: readonly string[];
  readonly imageTag: string;
  readonly imageRepository: string | undefined;
  readonly objects: readonly SuppliedObject[];
  readonly bindRole: string | undefined;
  readonly expectedGitSha: string | undefined;
  readonly token: Secret | undefined;
  readonly database: AuditLog | undefined;
  readonly bounds: Bounds;
}

/** In milliseconds. */
export interface Bounds {
  readonly installMs: number;
  /** Limit for a green run. */
  readonly budgetMs: number;
  /** Makes exceeding the budget a failure rather than a warning. */
  readonly enforceBudget: boolean;
  /** Stops everything in progress, then cleans up. */
  readonly hardStopMs: number;
  readonly tearDownMs: number;
}

export interface PrSmokeRun {
  readonly results: readonly Result[];
  readonly timeline: Timeline;
  readonly totalMs: number;
}

/** Contract: `--timeout 5m`, green in under 8 minutes, killed at 12. */
export const prSmokeBounds = { installSeconds: 300, budgetSeconds: 480, hardStopSeconds: 720, tearDownSeconds: 120 };

/**
 * Tears down even on failure, signal and hard stop.
 *
 * @throws NothingCreated if the namespace is not one of a smoke
 */
export async function prSmoke(
  smoke: PrSmoke,
  { signal, onResult }: { readonly signal: AbortSignal; readonly onResult: (result: Result) => void },
): Promise<PrSmokeRun> {
  const { bounds } = smoke;
  const timeline = new Timeline();
  const results: Result[] = [];
  const report = (result: Result) => {
    results.push(result);
    onResult(result);
  };
  const hardStop = new AbortController();
  const timer = setTimeout(() => hardStop.abort(hardStopReason(bounds)), bounds.hardStopMs);
  const underWay: Promise<unknown>[] = [];
  const during = { signal: AbortSignal.any([signal, hardStop.signal]), underWay };
  const timed = async <T>(title: string, work: () => Promise<T>, failed: (value: T) => boolean): Promise<T> => {
    const started = performance.now();
    let bad = true;
    try {
      const value = await work();
      bad = failed(value);
      return value;
    } finally {
      const durationMs = performance.now() - started;
      timeline.add({ title, depth: 0, startMs: timeline.at(started), durationMs, failed: bad });
    }
  };
  const red = (result: Result) => isFailure(result.verdict);
  try {
    const lifetimeMs = bounds.hardStopMs + bounds.tearDownMs;
    const claimed = await timed(
      'namespace',
      () => takeStep(steps.namespace, () => prepareNamespace(smoke, lifetimeMs, during.signal), during),
      red,
    );
    report(claimed);
    const installed = red(claimed)
      ? skippedStep(steps.install, 'there is no namespace to install into')
      : await timed(
          'install',
          () => takeStep(steps.install, () => installedRelease(smoke, during.signal), during),
          red,
        );
    report(installed);
    await timed(
      'smoke',
      () => runSmoke(smoke, red(claimed) || red(installed), during, report),
      () => results.some(red),
    );
    report(await timed('tear-down', () => tearDown(smoke, underWay), red));
  } finally {
    clearTimeout(timer);
  }
  report(budgetResult(bounds, timeline.elapsedMs, results.find(red)));
  return { results, timeline, totalMs: timeline.elapsedMs };
}

/** Runs despite any signal: steps throw only if nothing was made. */
function tearDown({ api, pr, run, bounds }: PrSmoke, underWay: readonly Promise<unknown>[]): Promise<Result> {
  const work = async () => {
    const done = await dropNamespace(api, { pr, run }, bounds.tearDownMs);
    // A stopped step may still create it, or its helm may still be ending.
    await Promise.allSettled(underWay);
    await dropNamespace(api, { pr, run }, bounds.tearDownMs);
    return done;
  };
  return takeStep(steps.tearDown, work, { signal: new AbortController().signal, underWay: [] });
}

async function prepareNamespace(
  { api, pr, run, objects, bindRole, release }: PrSmoke,
  lifetimeMs: number,
  signal: AbortSignal,
): Promise<string> {
  const made = await claimNamespace(api, { pr, run, lifetimeMs, bindRole }, signal);
  const to = { labels: claimLabels(pr), release: release.identity.release, signal };
  await createSuppliedObjects(api, namespaceOf(pr), objects, to);
  return objects.length === 0
    ? made
    : `${made}, with ${objects.map(({ resource, name }) => `${resource.kind} ${name}`).join(', ')}`;
}

async function installedRelease(smoke: PrSmoke, signal: AbortSignal): Promise<string> {
  const { api, pr, release, chart, chartVersion, valuesFiles, bounds } = smoke;
  const namespace = namespaceOf(pr);
  const ingress = await findIngress(api, { signal });
  const finished = await watchRelease({ ...release.identity, api, namespace, signal }, (driveSignal) =>
    release.upgradeInstall({
      chart,
      ...(chartVersion === undefined ? {} : { version: chartVersion }),
      valuesFiles,
      values: prValues({ ...smoke, namespace, ingress }),
      timeoutMs: bounds.installMs,
      signal: driveSignal,
    }),
  );
  const took = (finished.durationMs / 1000).toFixed(1);
  const taken = [ingress.said, ...ingressDoubts(valuesFiles, ingress)].join(', but ');
  const twice = finished.askedAgain === undefined ? '' : `; ${finished.askedAgain}`;
  return `image tag ${smoke.imageTag}, in ${took} s by helm ${smoke.helm}: ${describeWait(smoke.helm)}; ${taken}${twice}`;
}

/** Reports the checks as skipped if impossible. */
async function runSmoke(
  smoke: PrSmoke,
  impossible: boolean,
  during: { readonly signal: AbortSignal; readonly underWay: Promise<unknown>[] },
  report: (result: Result) => void,
): Promise<void> {
  const { api, expectedGitSha, token, database, release } = smoke;
  const subject = { namespace: release.identity.namespace, release: release.identity.release };
  const checks = pullRequestChecks({ subject, expectedGitSha, withToken: token !== undefined });
  const made = new Set<string>();
  const onResult = (result: Result) => {
    made.add(result.check.id);
    report(result);
  };
  let why = 'there is no install to look at';
  if (!impossible) {
    const forwarded = await takeStep(
      steps.forward,
      async () => {
        const options = { signal: during.signal, onResult };
        await runForwardedSmoke(api, { subject, expectedGitSha, token, database }, options);
        return 'opened and closed';
      },
      during,
    );
    if (!isFailure(forwarded.verdict)) {
      return;
    }
    report(forwarded);
    why = `${steps.forward.id} failed, which explains it`;
  }
  for (const check of checks.filter(({ id }) => !made.has(id))) {
    report(skippedStep(check, why));
  }
}

const steps = {
  namespace: {
    id: 'namespace',
    title: 'The namespace is made, fresh',
    expected: 'a fresh namespace with what the release needs in it',
    hint: 'kubectl auth can-i --list',
  },
  install: {
    id: 'install',
    title: 'The chart installs',
    expected: 'helm upgrade --install --wait to succeed',
    hint: "see helm's own words",
  },
  forward: {
    id: 'port-forward',
    title: 'A port-forward reaches the pod',
    expected: 'a port-forward to a ready pod',
    hint: 'kubectl auth can-i create pods/portforward',
  },
  tearDown: {
    id: 'tear-down',
    title: 'The namespace is removed',
    expected: 'the namespace and everything in it to be gone',
    hint: 'look at what holds it: kubectl get namespace -l meho.io/managed-by=pr-smoke -o yaml',
  },
} as const satisfies Record<string, Step>;

function hardStopReason({ hardStopMs }: Bounds): Error {
  return new Error(`the hard stop after ${hardStopMs / 1000} s; what was made is removed`);
}

function budgetResult({ budgetMs, enforceBudget }: Bounds, tookMs: number, red: Result | undefined): Result {
  const step = { id: 'budget', title: `Green in under ${budgetMs / 1000} s` };
  const took = `${(tookMs / 1000).toFixed(1)} s`;
  if (tookMs < budgetMs && red !== undefined) {
    return resultOf(
      step,
      { outcome: 'skipped', reason: `not green, because ${red.check.id} failed; ${took} in all` },
      0,
    );
  }
  if (tookMs < budgetMs) {
    return resultOf(step, { outcome: 'holds', observed: `${took} of ${budgetMs / 1000} s` }, 0);
  }
  return resultOf(
    step,
    {
      outcome: 'violated',
      expected: `less than ${budgetMs / 1000} s from the namespace to its removal`,
      observed: took,
      hint: 'see the phases below for what took long',
      severity: enforceBudget ? 'failure' : 'advice',
    },
    0,
  );
}
