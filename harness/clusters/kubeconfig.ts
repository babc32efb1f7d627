import { TransportError } from '@meho/core/http/transport-error';
import { UsageError } from '@meho/core/problem';
import { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import { NotKubernetes } from '@meho/kube/api/not-kubernetes';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { readKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { whoAmI } from '@meho/kube/permissions/who-am-i';
import { chooseContext, singleContext } from './kubeconfig-text.ts';
import type { Capabilities, ClusterProvider, ClusterStart, StartedCluster } from './provider.ts';
import { StartedKubeconfigCluster } from './started-kubeconfig.ts';

export interface KubeconfigClusterOptions {
  readonly file: string;
  /** `--context`; required if the file has several contexts. */
  readonly context?: string;
  /** The Docker network of the nodes, if given: containers on it are beside the cluster. */
  readonly network?: { readonly name: string; readonly id: string };
}

const answerDeadlineMs = 15_000;

/** An existing cluster: starting or describing it creates nothing. */
export class KubeconfigCluster implements ClusterProvider {
  readonly name = 'kubeconfig';
  readonly capabilities: Capabilities;
  readonly #options: KubeconfigClusterOptions;

  constructor(options: KubeconfigClusterOptions) {
    this.#options = options;
    // Claims nothing that isn't known about an existing cluster.
    this.capabilities = {
      loadImages: false,
      stopNode: false,
      disposable: false,
      siblingContainers: options.network !== undefined,
    };
  }

  /** @throws UsageError, one line, for a wrong file, context, credentials or server */
  async start({ progress, signal }: ClusterStart): Promise<StartedCluster> {
    const { file, context } = this.#options;
    const kubeconfig = readKubeconfig(file, undefined);
    if (kubeconfig === undefined) {
      throw new UsageError([`kubeconfig ${file}: there is none`]);
    }
    const chosen = chooseContext(kubeconfig, context);
    return progress.step(`cluster of context ${chosen}`, async () => {
      const access = await accessOf(kubeconfig, chosen, signal);
      const api = new KubeApi(access, answerDeadlineMs);
      await knownToServer(api, signal);
      return new StartedKubeconfigCluster({
        api,
        capabilities: this.capabilities,
        kubeconfig: singleContext(kubeconfig, chosen),
        network: this.#options.network,
      });
    });
  }
}

/**
 * Detects wrong credentials, which `/version` can't because anyone may read it. The server doesn't store the review.
 */
async function knownToServer(api: KubeApi, signal: AbortSignal): Promise<void> {
  const { description, server } = api.access;
  const problem = (observed: string, next: string, cause?: unknown) =>
    new UsageError([`${description}: ${server.origin} can't be used: ${observed}; ${next}`], { cause });
  let username: string;
  try {
    username = await whoAmI(api, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransportError) {
      throw problem(error.observed, nextAfter(error), error);
    }
    if (error instanceof KubeError && error.status === 401) {
      throw problem("it doesn't accept the user's credentials (401)", 'fetch a new kubeconfig', error);
    }
    if (error instanceof KubeError) {
      const what = `it answered ${error.status} ${error.reason} to the question who we are`;
      throw problem(what, 'is it an API server of Kubernetes 1.28 or newer?', error);
    }
    if (error instanceof NotKubernetes) {
      throw problem(
        `what answers there is not the Kubernetes API: ${error.observed}`,
        "check the cluster's server",
        error,
      );
    }
    throw error;
  }
  if (username === 'system:anonymous') {
    throw problem('it took us for anonymous', "the user's credentials are empty or not looked at");
  }
}

function nextAfter({ failure, hint }: TransportError): string {
  switch (failure) {
    case 'refused':
    case 'reset':
      return 'is the cluster running?';
    case 'dns':
    case 'unreachable':
    case 'connect-timeout':
      return 'is there a VPN or a firewall between?';
    case 'proxy':
    case 'proxy-denied':
      return hint;
    case 'tls-refused-us':
      return "check the user's client certificate";
    default:
      return failure.startsWith('tls-')
        ? "check the cluster's certificate-authority and server in the kubeconfig"
        : 'try `kubectl get --raw /readyz`';
  }
}
