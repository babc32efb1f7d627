import type { KubeApi } from '../kube/api.ts';
import { pods } from '../kube/resource.ts';
import { troublesOf } from '../kube/troubles.ts';
import { messageOf, Problem } from '../problem.ts';
import { controllerName, controllerNamespace } from './skipper.ts';

/** The wait's error with what the pod and its events say, as far as they can be had now. */
export async function explained(api: KubeApi, error: unknown): Promise<Problem> {
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

/** The last lines of what the controller's pods have logged. */
export async function logOf(api: KubeApi, lines: number): Promise<string> {
  const labels = `app.kubernetes.io/name=${controllerName}`;
  const { items } = await api.list(pods, { namespace: controllerNamespace, labels });
  const logs = items.map(({ metadata }) =>
    api.text(`/api/v1/namespaces/${controllerNamespace}/pods/${metadata?.name}/log?tailLines=${lines}`),
  );
  return (await Promise.all(logs)).join('\n').trimEnd();
}
