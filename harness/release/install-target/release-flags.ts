import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from './install-target.ts';

export function releaseFlags({ ingress, kubeconfigFile, request }: Environment, { namespace }: InstallTarget) {
  return {
    namespace,
    release: request.subject.release,
    kubeconfig: kubeconfigFile,
    'connect-to': `${ingress.address.host}:${ingress.address.port}`,
  } as const;
}
