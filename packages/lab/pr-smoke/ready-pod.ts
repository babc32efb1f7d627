import { isBackplane, isReady, podsBehind, servicesFor } from '@meho/contract/cluster/serving';
import { Problem } from '@meho/core/problem';
import { type Subject, selectorOf } from '@meho/helm/subject';
import type { KubeApi } from '@meho/kube/api/api';
import { type Pod, pods } from '@meho/kube/api/resource';

/** @throws Problem if there is none */
export async function readyPod(api: KubeApi, subject: Subject, signal: AbortSignal): Promise<string> {
  const { namespace } = subject;
  const labels = selectorOf(subject);
  const found = await candidates(api, subject, signal);
  const ready = found.find((pod) => isReady(pod) && isBackplane(pod));
  if (ready?.metadata?.name === undefined) {
    throw new Problem({
      expected: `a ready backplane pod in ${namespace}`,
      observed: `none of ${found.length} pods of the release is`,
      next: `kubectl -n ${namespace} get pods -l ${labels}`,
    });
  }
  return ready.metadata.name;
}

/** Pods behind the release's Services: others, e.g. workers, need not listen. */
async function candidates(api: KubeApi, subject: Subject, signal: AbortSignal): Promise<readonly Pod[]> {
  const { namespace } = subject;
  const { by } = await servicesFor({ ...subject, api }, undefined, signal);
  const behind = await Promise.all(by.map((serving) => podsBehind({ namespace, api }, serving, signal)));
  const served = behind.flatMap((pods) => pods ?? []);
  return served.length > 0
    ? served
    : (await api.list(pods, { namespace, labels: selectorOf(subject) }, { signal })).items;
}
