import { TransportError } from '../http/transport-error.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { readKubeconfig } from '../kube/kubeconfig.ts';
import { NotKubernetes } from '../kube/not-kubernetes.ts';
import { whoAmI } from '../kube/who-am-i.ts';
import { UsageError } from '../problem.ts';
import { chooseContext, singleContext } from './kubeconfig-text.ts';
import type { Capabilities, ClusterProvider, ClusterStart, StartedCluster } from './provider.ts';
import { StartedKubeconfigCluster } from './started-kubeconfig.ts';

export interface KubeconfigClusterOptions {
  /** `--kubeconfig` or MEHO_KUBECONFIG. */
  readonly file: string;
  /** `--context`; needed where the file has several. */
  readonly context?: string;
  /** The Docker network that its nodes are on, where somebody says so: containers on it are beside the cluster then. */
  readonly network?: { readonly name: string; readonly id: string };
}

const answerDeadlineMs = 15_000;

/** A cluster that someone else made. Nothing is created on it by starting or describing it. */
export class KubeconfigCluster implements ClusterProvider {
  readonly name = 'kubeconfig';
  readonly capabilities: Capabilities;
  readonly #options: KubeconfigClusterOptions;

  constructor(options: KubeconfigClusterOptions) {
    this.#options = options;
    // What can't be known of a stranger's cluster is not claimed.
    this.capabilities = {
      loadImages: false,
      stopNode: false,
      disposable: false,
      siblingContainers: options.network !== undefined,
    };
  }

  /** @throws UsageError with one clear line for what is wrong with file, context, credentials or server */
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
 * Asks the server who we are: unlike `/version`, which anyone may read, that tells wrong credentials from right ones.
 * The review is answered and not kept.
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

/** What to look at when an API server can't be talked to. */
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
