import type { KubeApi } from '@meho/kube/api/api';
import { findIngress } from '@meho/kube/workloads/ingress-class';

export interface IngressChoice {
  readonly className: string;
  /** The controller's. */
  readonly namespace: string;
  /** What the cluster was asked for; absent if the user named both. */
  readonly said?: string;
}

/** Detects on an existing cluster the class or namespace that the user didn't name. */
export async function chooseIngress(
  api: Pick<KubeApi, 'list'>,
  {
    className: named,
    namespace: where,
  }: { readonly className?: string | undefined; readonly namespace?: string | undefined },
  signal: AbortSignal,
): Promise<IngressChoice> {
  const found = await findIngress(api, { className: named, signal });
  return {
    className: named ?? found.className ?? '',
    namespace: where ?? found.namespace ?? '',
    ...(named === undefined || where === undefined ? { said: found.said } : {}),
  };
}
