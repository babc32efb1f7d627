import type { Phase } from '@meho/core/report/timeline';
import type { KubeApi, Scope } from '@meho/kube/api/api';
import { type Job, jobs, type Pod, pods, type Resource } from '@meho/kube/api/resource';
import { type Identified, observe } from '@meho/kube/watch/observe';

/** Milliseconds on this process's clock, because the API's times are whole seconds. */
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

/** Notes when each event is first seen, until the signal fires. */
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

/** A broken watch fails nothing: the table shows the gap. */
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
 * Phases from helm's start to the first answer; an unseen one (no migration Job, a broken watch) says so and has no
 * duration.
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
