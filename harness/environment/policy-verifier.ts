import path from 'node:path';
import { selectorOf } from '../contract/subject.ts';
import { namespaces, networkPolicies } from '../kube/resource.ts';
import type { Scene } from '../policy/scene.ts';
import { Problem } from '../problem.ts';
import { run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

const program = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');
const timeoutMs = 180_000;

/** What the verifier said, and namespaces of its own that are still there and not on their way out. */
export interface NetworkPolicyRun {
  readonly exitCode: number;
  readonly document: {
    readonly checks: readonly {
      readonly id: string;
      readonly status: string;
      readonly observed?: string;
      readonly hint?: string;
    }[];
    readonly accepted?: number;
  };
  readonly left: readonly string[];
}

/** Runs the verifier on a release as on one of others: no pods among others, no policy taken off. */
export async function runNetworkPolicy(
  environment: Environment,
  { scene }: { readonly scene: Pick<Scene, 'namespace' | 'release' | 'hosts'> },
  more: readonly string[] = [],
): Promise<NetworkPolicyRun> {
  const { api, image, kubeconfigFile } = environment;
  const decoy = scene.hosts.find(({ id }) => id === 'decoy');
  const flags = {
    namespace: scene.namespace,
    release: scene.release,
    kubeconfig: kubeconfigFile,
    'probe-image': image('probe').reference,
    ...(decoy === undefined ? {} : { forbidden: `${decoy.ip}:5432,${decoy.ip}:443` }),
    output: 'json',
  };
  const args = [...Object.entries(flags).map(([name, value]) => `--${name}=${value}`), ...more];
  const { exitCode, stdout } = await run(process.execPath, [program, 'network-policy', ...args], {
    env: { KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '' },
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
  const { items } = await api.list(namespaces, { labels: 'meho.io/purpose=network-policy' });
  const left = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return { exitCode, document: JSON.parse(stdout), left: left.map(({ metadata }) => metadata?.name ?? '?') };
}

/**
 * The policies that charts in the field have (contract, "Two dialects"): the backplane's alone, which lets DNS out to
 * kube-dns pods of any namespace.
 */
export async function policiesOfTheField({ api, request }: Environment, { namespace }: Site): Promise<AsyncDisposable> {
  const only = async (component: string) => {
    const labels = selectorOf({ namespace, release: request.subject.release }, component);
    const { items } = await api.list(networkPolicies, { namespace, labels });
    const [policy] = items;
    const { name, labels: own = {} } = policy?.metadata ?? {};
    if (policy?.spec === undefined || name === undefined || items.length !== 1) {
      throw new Problem({
        expected: `one NetworkPolicy of the release with component ${component}`,
        observed: `there are ${items.length}`,
        next: `kubectl -n ${namespace} get networkpolicies --show-labels`,
      });
    }
    return { name, labels: own, spec: policy.spec };
  };
  const [broadcast, backplane] = [await only('broadcast'), await only('backplane')];
  const { egress = [] } = backplane.spec;
  const anyNamespace = egress.map(({ to = [], ports = [], ...rule }) => ({
    ...rule,
    ports,
    to: ports.some(({ port }) => port === 53) ? to.map((peer) => ({ ...peer, namespaceSelector: {} })) : to,
  }));
  const setEgress = (rules: typeof egress) =>
    api.patch(networkPolicies, namespace, backplane.name, { spec: { egress: rules } });
  await api.delete(networkPolicies, namespace, broadcast.name);
  await setEgress(anyNamespace);
  return {
    [Symbol.asyncDispose]: async () => {
      await setEgress(egress);
      const { name, labels, spec } = broadcast;
      await api.create(networkPolicies, namespace, { metadata: { name, labels }, spec });
    },
  };
}

/** A policy that allows everything, beside those of a release. */
export async function policyFault({ api }: Environment, { namespace }: Site, name: string): Promise<AsyncDisposable> {
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
  await api.create(networkPolicies, namespace, { metadata: { name }, spec });
  return { [Symbol.asyncDispose]: () => api.delete(networkPolicies, namespace, name) };
}
