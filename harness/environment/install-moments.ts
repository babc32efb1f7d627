import type { KubeApi, Scope } from '../kube/api.ts';
import { type Identified, observe } from '../kube/observe.ts';
import { type Job, jobs, type Pod, pods, type Resource } from '../kube/resource.ts';
import type { Phase } from '../report/timeline.ts';

/** When what happened during an install, on this process's clock in milliseconds: the API's own times are whole seconds. */
export interface InstallMoments {
  jobCreated?: number;
  jobSucceeded?: number;
  podCreated?: number;
  podScheduled?: number;
  containerStarted?: number;
  podReady?: number;
}

const isMigration = (labels: Readonly<Record<string, string>> | undefined) =>
  labels?.['app.kubernetes.io/component'] === 'migrate';

/** Watches a namespace from now until the signal fires and notes each moment when it first sees it. */
export function watchMoments(api: KubeApi, namespace: string, labels: string, signal: AbortSignal): InstallMoments {
  const moments: InstallMoments = {};
  const first = (moment: keyof InstallMoments, happened: boolean) => {
    if (happened) {
      moments[moment] ??= performance.now();
    }
  };
  const sawJob = ({ metadata, status }: Job) => {
    if (isMigration(metadata?.labels)) {
      first('jobCreated', true);
      first('jobSucceeded', (status?.succeeded ?? 0) > 0);
    }
  };
  const sawPod = ({ metadata, status }: Pod) => {
    if (isMigration(metadata?.labels)) {
      return;
    }
    const is = (type: string) =>
      status?.conditions?.some((condition) => condition.type === type && condition.status === 'True');
    first('podCreated', true);
    first('podScheduled', is('PodScheduled') === true);
    first('containerStarted', status?.containerStatuses?.every(({ state }) => state?.running !== undefined) === true);
    first('podReady', is('Ready') === true);
  };
  const scope = { namespace, labels };
  void follow(api, jobs, scope, sawJob, signal);
  void follow(api, pods, scope, sawPod, signal);
  return moments;
}

/** Measurements don't decide anything: a watch that breaks off leaves moments out, and the table says so. */
async function follow<T extends Identified>(
  api: KubeApi,
  resource: Resource<T>,
  scope: Scope,
  saw: (object: T) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const objects of observe(api, resource, scope, { signal })) {
      objects.forEach(saw);
    }
  } catch {
    return;
  }
}

/**
 * The phases of an install between helm's start and the first answer from outside. One whose beginning or end nobody saw
 * is called so and has no duration: a chart without a migration Job, or a watch that broke off.
 */
export function installPhases(
  moments: InstallMoments,
  {
    helmStarted,
    helmEnded,
    firstAnswer,
  }: { readonly helmStarted: number; readonly helmEnded: number; readonly firstAnswer: number },
  at: (moment: number) => number,
): readonly Phase[] {
  const spans: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['chart: render, validate, first objects', helmStarted, moments.jobCreated],
    ['hook Job: migration', moments.jobCreated, moments.jobSucceeded],
    ['objects until the pod is there', moments.jobSucceeded, moments.podCreated],
    ['scheduling', moments.podCreated, moments.podScheduled],
    ['container start', moments.podScheduled, moments.containerStarted],
    ['readiness', moments.containerStarted, moments.podReady],
    ['helm notices and ends', moments.podReady, helmEnded],
    ['ingress until the first 200', helmEnded, firstAnswer],
  ];
  let lastSeen = helmStarted;
  return spans.map(([title, from, to]) => {
    const isSeen = from !== undefined && to !== undefined;
    const startMs = from ?? lastSeen;
    lastSeen = to ?? startMs;
    return {
      title: isSeen ? title : `${title} (not seen)`,
      depth: 1,
      startMs: at(startMs),
      durationMs: isSeen ? Math.max(0, to - from) : 0,
      failed: false,
    };
  });
}
