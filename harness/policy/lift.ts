import type { CallOptions, KubeApi } from '../kube/api.ts';
import { untilDone } from '../kube/clean-up.ts';
import { networkPolicies } from '../kube/resource.ts';
import { Problem } from '../problem.ts';

/** A label that no pod has. */
const nobody = 'meho.io/lifted-by-acceptance';

export interface LiftOptions {
  readonly namespace: string;
  /** Which policies, e.g. `app.kubernetes.io/instance=meho`. */
  readonly labels: string;
  readonly signal: AbortSignal;
}

/**
 * Takes policies off the pods that they select, until it is disposed of: a label that no pod has is added to what each
 * selects, and taken away again. The objects stay, so that whoever comes after a run that was killed in between finds
 * them and how to mend them: `kubectl patch … {"spec":{"podSelector":{"matchLabels":{"meho.io/lifted-by-acceptance":null}}}}`.
 *
 * @throws Problem where there are none: nothing would be taken off
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
  back.defer(() => all(null, untilDone));
  await all('yes');
  const restore = back.move();
  return { [Symbol.asyncDispose]: () => restore.disposeAsync() };
}
