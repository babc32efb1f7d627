import path from 'node:path';
import { unsetVerifierVariables } from '@meho/core/config';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { selectorOf } from '@meho/helm/subject';
import { namespaces, networkPolicies } from '@meho/kube/api/resource';
import type { Topology } from '@meho/network-policy/topology';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

const program = path.join(repositoryRoot, 'packages', 'verifiers', 'main.ts');
const timeoutMs = 180_000;

/** Its report, and its namespaces that remain and aren't being deleted. */
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

/** Runs the verifier as on an existing release: no pods in other namespaces, no policy removed. */
export async function runNetworkPolicy(
  environment: Environment,
  { topology }: { readonly topology: Pick<Topology, 'namespace' | 'release' | 'hosts'> },
  more: readonly string[] = [],
): Promise<NetworkPolicyRun> {
  const { api, image, kubeconfigFile } = environment;
  const decoy = topology.hosts.find(({ id }) => id === 'decoy');
  const flags = {
    namespace: topology.namespace,
    release: topology.release,
    kubeconfig: kubeconfigFile,
    'probe-image': image('probe').reference,
    ...(decoy === undefined ? {} : { forbidden: `${decoy.ip}:5432,${decoy.ip}:443` }),
    output: 'json',
  };
  const args = [...Object.entries(flags).map(([name, value]) => `--${name}=${value}`), ...more];
  const { exitCode, stdout } = await run(process.execPath, [program, 'network-policy', ...args], {
    env: unsetVerifierVariables(),
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
  const { items } = await api.list(namespaces, { labels: 'meho.io/purpose=network-policy' });
  const left = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return { exitCode, document: JSON.parse(stdout), left: left.map(({ metadata }) => metadata?.name ?? '?') };
}

/**
 * Policies of field charts (contract, "Two dialects"): the backplane's only, with DNS to kube-dns pods of any
 * namespace.
 */
export async function applyFieldPolicies(
  { api, request }: Environment,
  { namespace }: InstallTarget,
): Promise<AsyncDisposable> {
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

/** Creates a policy that allows everything. */
export async function addAllowAllPolicy(
  { api }: Environment,
  { namespace }: InstallTarget,
  name: string,
): Promise<AsyncDisposable> {
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
  await api.create(networkPolicies, namespace, { metadata: { name }, spec });
  return { [Symbol.asyncDispose]: () => api.delete(networkPolicies, namespace, name) };
}
