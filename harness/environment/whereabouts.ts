import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** The flags by which a verifier on this machine finds a site's release: on the cluster, and behind its ingress controller. */
export function whereabouts({ ingress, kubeconfigFile, request }: Environment, { namespace }: Site) {
  return {
    namespace,
    release: request.subject.release,
    kubeconfig: kubeconfigFile,
    'connect-to': `${ingress.address.host}:${ingress.address.port}`,
  } as const;
}
