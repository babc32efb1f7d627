import type { AuditLog } from '../contract/audit-log.ts';
import { fails, type Result } from '../contract/check.ts';
import { pullRequestChecks } from '../contract/checks.ts';
import type { Secret } from '../contract/secret.ts';
import { watchRelease } from '../diagnostics/release-watch.ts';
import { waitsFor } from '../helm/program.ts';
import type { HelmRelease } from '../helm/release.ts';
import type { KubeApi } from '../kube/api.ts';
import { findIngress } from '../kube/ingress-class.ts';
import { Timeline } from '../report/timeline.ts';
import type { RunIdentity } from '../runs/identity.ts';
import { ingressDoubts, prValues } from './chart-values.ts';
import { claimLabels, namespaceOf } from './claim.ts';
import { forwardedSmoke } from './forwarded-smoke.ts';
import { createGivenObjects, type GivenObject } from './given-objects.ts';
import { claimNamespace, dropNamespace } from './namespace.ts';
import { notTaken, resultOf, type Step, takeStep } from './steps.ts';

/** What one pull request's smoke is made with. */
export interface PrSmoke {
  readonly pr: number;
  readonly run: RunIdentity;
  readonly api: KubeApi;
  /** The release in the pull request's namespace. */
  readonly release: HelmRelease;
  /** Version of the helm that drives it. */
  readonly helm: string;
  readonly chart: string;
  readonly chartVersion: string | undefined;
  readonly valuesFiles: readonly string[];
  readonly imageTag: string;
  readonly imageRepository: string | undefined;
  readonly objects: readonly GivenObject[];
  readonly bindRole: string | undefined;
  readonly expectedGitSha: string | undefined;
  readonly token: Secret | undefined;
  readonly database: AuditLog | undefined;
  readonly bounds: Bounds;
}

/** In milliseconds. */
export interface Bounds {
  /** Helm's own deadline. */
  readonly installMs: number;
  /** Green needs less than this in all. */
  readonly budgetMs: number;
  /** Over budget is a failure rather than a warning. */
  readonly enforceBudget: boolean;
  /** Whatever is under way is stopped then, and cleaned up. */
  readonly hardStopMs: number;
  /** What removing the namespace may take. */
  readonly tearDownMs: number;
}

export interface PrSmokeRun {
  readonly results: readonly Result[];
  readonly timeline: Timeline;
  readonly totalMs: number;
}

/** The contract's figures: `--timeout 5m`, green in under 8 minutes, killed at 12. */
export const prSmokeBounds = { installSeconds: 300, budgetSeconds: 480, hardStopSeconds: 720, tearDownSeconds: 120 };

/**
 * Namespace, install, smoke and tear-down of one pull request. The namespace goes in any case: when a step fails, on the
 * signal, and on the hard stop.
 *
 * @throws NothingMade where nothing was made because the namespace is somebody else's
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
  const red = (result: Result) => fails(result.verdict);
  try {
    const lifetimeMs = bounds.hardStopMs + bounds.tearDownMs;
    const claimed = await timed(
      'namespace',
      () => takeStep(steps.namespace, () => prepared(smoke, lifetimeMs, during.signal), during),
      red,
    );
    report(claimed);
    const installed = red(claimed)
      ? notTaken(steps.install, 'there is no namespace to install into')
      : await timed(
          'install',
          () => takeStep(steps.install, () => installedRelease(smoke, during.signal), during),
          red,
        );
    report(installed);
    await timed(
      'smoke',
      () => smoked(smoke, red(claimed) || red(installed), during, report),
      () => results.some(red),
    );
    report(await timed('tear-down', () => tornDown(smoke, underWay), red));
  } finally {
    clearTimeout(timer);
  }
  report(budgetResult(bounds, timeline.elapsedMs, results.find(red)));
  return { results, timeline, totalMs: timeline.elapsedMs };
}

/** Steps never throw but where nothing was made: this is always come to, and no signal stops it. */
function tornDown({ api, pr, run, bounds }: PrSmoke, underWay: readonly Promise<unknown>[]): Promise<Result> {
  const work = async () => {
    const done = await dropNamespace(api, { pr, run }, bounds.tearDownMs);
    // A step that was stopped may have been about to make the namespace, or have a helm that is ending.
    await Promise.allSettled(underWay);
    await dropNamespace(api, { pr, run }, bounds.tearDownMs);
    return done;
  };
  return takeStep(steps.tearDown, work, { signal: new AbortController().signal, underWay: [] });
}

async function prepared(
  { api, pr, run, objects, bindRole, release }: PrSmoke,
  lifetimeMs: number,
  signal: AbortSignal,
): Promise<string> {
  const made = await claimNamespace(api, { pr, run, lifetimeMs, bindRole }, signal);
  const to = { labels: claimLabels(pr), release: release.identity.release, signal };
  await createGivenObjects(api, namespaceOf(pr), objects, to);
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
  return `image tag ${smoke.imageTag}, in ${took} s by helm ${smoke.helm}: ${waitsFor(smoke.helm)}; ${taken}`;
}

/** The checks, or for each of them that it could not be made. */
async function smoked(
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
        await forwardedSmoke(api, { subject, expectedGitSha, token, database }, options);
        return 'opened and closed';
      },
      during,
    );
    if (!fails(forwarded.verdict)) {
      return;
    }
    report(forwarded);
    why = `${steps.forward.id} failed, which explains it`;
  }
  for (const check of checks.filter(({ id }) => !made.has(id))) {
    report(notTaken(check, why));
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
