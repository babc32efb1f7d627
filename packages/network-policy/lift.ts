import { Problem } from '@meho/core/problem';
import type { CallOptions, KubeApi } from '@meho/kube/api/api';
import { persistentCall } from '@meho/kube/api/clean-up';
import { networkPolicies } from '@meho/kube/api/resource';

const nobody = 'meho.io/lifted-by-acceptance';

export interface LiftOptions {
  readonly namespace: string;
  /** E.g. `app.kubernetes.io/instance=meho`. */
  readonly labels: string;
  readonly signal: AbortSignal;
}

/**
 * Disables policies until disposed, by adding a label that no pod has to their selectors. The objects remain, so after
 * a killed run `kubectl patch … {"spec":{"podSelector":{"matchLabels":{"meho.io/lifted-by-acceptance":null}}}}` repairs
 * them.
 *
 * @throws Problem if there is none to disable
 */
export async function liftPolicies(api: KubeApi, options: LiftOptions): Promise<AsyncDisposable> {
  const { namespace, labels, signal } = options;
  const { items } = await api.list(networkPolicies, { namespace, labels }, { signal });
  const names = items.flatMap(({ metadata }) => metadata?.name ?? []);
  if (names.length === 0) {
    throw new Problem({
      expected: `NetworkPolicies of the release in ${namespace} (${labels})`,
      observed: 'there are none',
      next: 'see networkPolicy.enabled in the values of the release',
    });
  }
  const all = async (value: 'yes' | null, options: CallOptions = {}) => {
    const patch = { spec: { podSelector: { matchLabels: { [nobody]: value } } } };
    await Promise.all(names.map((name) => api.patch(networkPolicies, namespace, name, patch, options)));
  };
  await using back = new AsyncDisposableStack();
  back.defer(() => all(null, persistentCall));
  await all('yes');
  const restore = back.move();
  return { [Symbol.asyncDispose]: () => restore.disposeAsync() };
}
