import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1PolicyRule } from '@kubernetes/client-node';
import type { KubeApi } from '@meho/kube/api/api';
import type { Json } from '@meho/kube/api/resource';
import { roleBindings } from '@meho/kube/permissions/own-role';
import { createNamespace, deleteNamespace } from '@meho/kube/workloads/namespace';
import { createLabIdentity, type Deviation, kubeconfigOf } from '../release/environment/lab-identity.ts';
import type { Fault, FaultSuite, Injection, ReleaseContext } from './fault.ts';

type Rule = Json<V1PolicyRule>;

const workload = [
  'deployments',
  'services',
  'configmaps',
  'secrets',
  'serviceaccounts',
  'networkpolicies',
  'ingresses',
  'jobs',
];
const removalDeadlineMs = 60_000;

export function without(resource: string, verb: string) {
  return (rules: readonly Rule[]): readonly Rule[] =>
    rules.flatMap((rule) => {
      const { resources = [], verbs } = rule;
      return resources.includes(resource)
        ? [
            { ...rule, resources: resources.filter((each) => each !== resource) },
            { ...rule, resources: [resource], verbs: verbs.filter((each) => each !== verb) },
          ].filter((each) => each.resources.length > 0 && each.verbs.length > 0)
        : [rule];
    });
}

function identity(
  fault: Pick<Fault, 'id' | 'title' | 'expectRed' | 'says'>,
  deviation: Deviation | ((context: ReleaseContext) => Promise<Deviation>),
): Fault {
  return {
    ...fault,
    async inject(context) {
      await using stack = new AsyncDisposableStack();
      const wanted = typeof deviation === 'function' ? await deviation(context) : deviation;
      const lab = stack.use(await createLabIdentity(context.environment.api, context.folder, wanted));
      // The administrator removes the namespaces that this identity can't.
      stack.defer(() => removeNamespacesOf(context.environment.api, lab.role));
      const undo = stack.move();
      return onlyCommandLine(() => undo.disposeAsync(), { kubeconfig: lab.kubeconfigFile, 'bind-role': lab.role });
    },
  };
}

async function removeNamespacesOf(api: KubeApi, role: string): Promise<void> {
  const { items } = await api.list(roleBindings, {});
  const left = items.flatMap(({ metadata, roleRef }) => (roleRef.name === role ? (metadata?.namespace ?? []) : []));
  await Promise.all(left.map((name) => deleteNamespace(api, name, { deadlineMs: removalDeadlineMs })));
}

function onlyCommandLine(undo: () => Promise<void>, flags: NonNullable<Injection['flags']>): Injection {
  return { flags, onlyCommandLine: true, [Symbol.asyncDispose]: undo };
}

const tooLittle: readonly Fault[] = [
  identity(
    {
      id: 'no-pods-list',
      title: 'it may not list pods',
      expectRed: ['pods-list'],
      says: /cannot list resource "pods"/,
    },
    {
      namespace: without('pods', 'list'),
    },
  ),
  ...workload.map((plural) =>
    identity(
      {
        id: `no-${plural}-create`,
        title: `it may not create ${plural}`,
        expectRed: [`${plural}-create`],
        says: new RegExp(`cannot create resource "${plural}"`),
      },
      { namespace: without(plural, 'create') },
    ),
  ),
  identity(
    {
      id: 'no-pod-logs',
      title: "it may not read pods' logs",
      expectRed: ['pod-logs-read'],
      says: /cannot get resource "pods\/log"/,
    },
    { namespace: without('pods/log', 'get') },
  ),
  identity(
    {
      id: 'no-namespace-create',
      title: 'it may not create namespaces',
      expectRed: ['namespace-create'],
      says: /cannot create resource "namespaces"/,
    },
    { cluster: without('namespaces', 'create') },
  ),
  identity(
    {
      id: 'no-namespace-delete',
      title: 'it may not delete namespaces',
      expectRed: ['namespace-delete'],
      says: /cannot delete resource "namespaces"/,
    },
    { cluster: without('namespaces', 'delete') },
  ),
];

const harm = {
  'pods-delete': { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
  'deployments-create': { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create'] },
} as const;

const tooMuch: readonly Fault[] = ['default', 'kube-system', 'meho'].flatMap((namespace) =>
  Object.entries(harm).map(([what, rule]) =>
    identity(
      {
        id: `${namespace}-${what}`,
        title: `it may ${what.split('-').toReversed().join(' ')} in ${namespace}`,
        expectRed: [`${namespace}-${what}`],
        says: /the API server says yes/,
      },
      async ({ environment: { api } }) => {
        // The namespace may stay, because the cluster goes with the run.
        await createNamespace(api, namespace, {});
        return { elsewhere: { namespace, rules: [rule] } };
      },
    ),
  ),
);

/** An identity that can't ask gets no answer, neither yes nor no. */
const noAnswer: readonly Fault[] = [
  {
    id: 'unreachable',
    title: 'nothing answers at the API server’s address',
    expectRed: ['identity'],
    says: /refused/,
    inject: ({ environment: { api }, folder }) =>
      withKubeconfig(folder, kubeconfigOf(api, { token: 'none' }, 'https://127.0.0.1:1')),
  },
  {
    id: 'unknown-token',
    title: 'the token is nobody’s',
    expectRed: ['identity'],
    says: /401/,
    inject: ({ environment: { api }, folder }) => withKubeconfig(folder, kubeconfigOf(api, { token: 'nobody' })),
  },
  {
    id: 'expired-certificate',
    title: 'the client certificate has expired',
    expectRed: ['usage'],
    says: /client certificate of user lab expired on/,
    async inject({ environment: { api, authority }, folder }) {
      const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-01-02') };
      const { certificatePem, privateKeyPem } = await authority.issue({ dnsNames: ['client.example.com'], validity });
      const base64 = (text: string) => Buffer.from(text).toString('base64');
      const user = { 'client-certificate-data': base64(certificatePem), 'client-key-data': base64(privateKeyPem) };
      return withKubeconfig(folder, kubeconfigOf(api, user));
    },
  },
];

async function withKubeconfig(folder: string, text: string): Promise<Injection> {
  const file = path.join(folder, `${randomBytes(4).toString('hex')}.yaml`);
  await writeFile(file, text, { mode: 0o600 });
  return onlyCommandLine(() => Promise.resolve(), { kubeconfig: file });
}

export const rke2Access: FaultSuite = {
  name: 'rke2-access',
  verifier: 'rke2-access',
  async healthyCommandLine({ environment, folder }, overrides) {
    if (overrides?.flags?.['kubeconfig'] !== undefined) {
      return { flags: {}, env: {} };
    }
    // As deploy/lab-identity/ grants it; goes with the cluster.
    const { kubeconfigFile, role } = await createLabIdentity(environment.api, folder);
    return { flags: { kubeconfig: kubeconfigFile, 'bind-role': role }, env: {} };
  },
  faults: [...tooLittle, ...tooMuch, ...noAnswer],
  concurrent: true,
};
