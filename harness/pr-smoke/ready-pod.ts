import { type Subject, selectorOf } from '../contract/subject.ts';
import type { KubeApi } from '../kube/api.ts';
import { pods } from '../kube/resource.ts';
import { Problem } from '../problem.ts';

/** Name of a ready pod of the release's backplane. @throws Problem where there is none */
export async function readyPod(api: KubeApi, subject: Subject, signal: AbortSignal): Promise<string> {
  const { namespace } = subject;
  const labels = selectorOf(subject);
  const { items } = await api.list(pods, { namespace, labels }, { signal });
  const ready = items.find(
    ({ metadata, status }) =>
      metadata?.labels?.['app.kubernetes.io/component'] !== 'migrate' &&
      metadata?.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true,
  );
  if (ready?.metadata?.name === undefined) {
    throw new Problem({
      expected: `a ready backplane pod in ${namespace}`,
      observed: `none of ${items.length} pods of the release is`,
      next: `kubectl -n ${namespace} get pods -l ${labels}`,
    });
  }
  return ready.metadata.name;
}
