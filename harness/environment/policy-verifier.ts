import path from 'node:path';
import { namespaces, networkPolicies } from '../kube/resource.ts';
import { run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import type { Environment } from './environment.ts';
import type { PolicyRelease } from './policy-release.ts';
import type { Site } from './site.ts';

const program = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');
const timeoutMs = 180_000;

/** What the verifier said, and namespaces of its own that are still there and not on their way out. */
export interface NetworkPolicyRun {
  readonly exitCode: number;
  readonly document: {
    readonly checks: readonly { readonly id: string; readonly status: string; readonly hint?: string }[];
  };
  readonly left: readonly string[];
}

/** Runs the verifier on a release as on one of others: no pods among others, no policy taken off. */
export async function runNetworkPolicy(
  environment: Environment,
  { scene }: Pick<PolicyRelease, 'scene'>,
): Promise<NetworkPolicyRun> {
  const { api, image, kubeconfigFile } = environment;
  const decoy = scene.hosts.find(({ id }) => id === 'decoy');
  const flags = {
    namespace: scene.namespace,
    release: scene.release,
    kubeconfig: kubeconfigFile,
    'probe-image': image('probe').reference,
    forbidden: `${decoy?.ip}:5432,${decoy?.ip}:443`,
    output: 'json',
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const { exitCode, stdout } = await run(process.execPath, [program, 'network-policy', ...args], {
    env: { KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '' },
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
  const { items } = await api.list(namespaces, { labels: 'meho.io/purpose=network-policy' });
  const left = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return { exitCode, document: JSON.parse(stdout), left: left.map(({ metadata }) => metadata?.name ?? '?') };
}

/** A policy that allows everything, beside those of a release. */
export async function policyFault({ api }: Environment, { namespace }: Site, name: string): Promise<AsyncDisposable> {
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
  await api.create(networkPolicies, namespace, { metadata: { name }, spec });
  return { [Symbol.asyncDispose]: () => api.delete(networkPolicies, namespace, name) };
}
