import { messageOf, Problem } from '@meho/core/problem';
import type { KubeApi } from '@meho/kube/api/api';
import { pods } from '@meho/kube/api/resource';
import { troublesOf } from '@meho/kube/workloads/troubles';
import { controllerName, controllerNamespace } from './skipper.ts';

/** Adds what the pod and its events say, if available. */
export async function explainFailure(api: KubeApi, error: unknown): Promise<Problem> {
  const told = await Promise.allSettled([
    troublesOf(api, controllerNamespace, `app.kubernetes.io/name=${controllerName}`),
    logOf(api, 10),
  ]);
  const troubles = told.flatMap((part) => (part.status === 'fulfilled' ? part.value : messageOf(part.reason)));
  return new Problem(
    {
      expected: 'the ingress controller to answer',
      observed: `${messageOf(error)}\n${troubles.join('\n')}`,
      next: `see \`kubectl --namespace ${controllerNamespace} describe pods\``,
    },
    { cause: error },
  );
}

export async function logOf(api: KubeApi, lines: number): Promise<string> {
  const labels = `app.kubernetes.io/name=${controllerName}`;
  const { items } = await api.list(pods, { namespace: controllerNamespace, labels });
  const logs = items.map(({ metadata }) =>
    api.text(`/api/v1/namespaces/${controllerNamespace}/pods/${metadata?.name}/log?tailLines=${lines}`),
  );
  return (await Promise.all(logs)).join('\n').trimEnd();
}
