import { isBackplanes, isReady, podsBehind, servedBy } from '../contract/serving.ts';
import { type Subject, selectorOf } from '../contract/subject.ts';
import type { KubeApi } from '../kube/api.ts';
import { type Pod, pods } from '../kube/resource.ts';
import { Problem } from '../problem.ts';

/** Name of a ready pod of the release's backplane. @throws Problem where there is none */
export async function readyPod(api: KubeApi, subject: Subject, signal: AbortSignal): Promise<string> {
  const { namespace } = subject;
  const labels = selectorOf(subject);
  const found = await candidates(api, subject, signal);
  const ready = found.find((pod) => isReady(pod) && isBackplanes(pod));
  if (ready?.metadata?.name === undefined) {
    throw new Problem({
      expected: `a ready backplane pod in ${namespace}`,
      observed: `none of ${found.length} pods of the release is`,
      next: `kubectl -n ${namespace} get pods -l ${labels}`,
    });
  }
  return ready.metadata.name;
}

/** Pods that a Service of the release leads to: others, a worker's say, need not listen at all. */
async function candidates(api: KubeApi, subject: Subject, signal: AbortSignal): Promise<readonly Pod[]> {
  const { namespace } = subject;
  const { by } = await servedBy({ ...subject, api }, undefined, signal);
  const behind = await Promise.all(by.map((serving) => podsBehind({ namespace, api }, serving, signal)));
  const served = behind.flatMap((pods) => pods ?? []);
  return served.length > 0
    ? served
    : (await api.list(pods, { namespace, labels: selectorOf(subject) }, { signal })).items;
}
