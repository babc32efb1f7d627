import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1PolicyRule } from '@kubernetes/client-node';
import { type Deviation, kubeconfigOf, labIdentity } from '../environment/lab-identity.ts';
import type { KubeApi } from '../kube/api.ts';
import { createNamespace, deleteNamespace } from '../kube/namespace.ts';
import { roleBindings } from '../kube/own-role.ts';
import type { Json } from '../kube/resource.ts';
import type { Fault, Injected, ProveContext, Story } from './story.ts';

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

/** The rules without a verb on a resource; what else a rule gives is kept. */
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

/** An identity that differs from the lab's, for as long as the fault is in place. */
function identity(
  fault: Pick<Fault, 'id' | 'title' | 'expectRed' | 'says'>,
  deviation: Deviation | ((context: ProveContext) => Promise<Deviation>),
): Fault {
  return {
    ...fault,
    async inject(context) {
      await using stack = new AsyncDisposableStack();
      const wanted = typeof deviation === 'function' ? await deviation(context) : deviation;
      const lab = stack.use(await labIdentity(context.environment.api, context.folder, wanted));
      // What it can't remove is left by it: the administrator does.
      stack.defer(() => removeNamespacesOf(context.environment.api, lab.role));
      const undo = stack.move();
      return onlyAsked(() => undo.disposeAsync(), { kubeconfig: lab.kubeconfigFile, 'bind-role': lab.role });
    },
  };
}

/** Every namespace in which an identity has bound its role. */
async function removeNamespacesOf(api: KubeApi, role: string): Promise<void> {
  const { items } = await api.list(roleBindings, {});
  const left = items.flatMap(({ metadata, roleRef }) => (roleRef.name === role ? (metadata?.namespace ?? []) : []));
  await Promise.all(left.map((name) => deleteNamespace(api, name, { deadlineMs: removalDeadlineMs })));
}

/** The release has nothing to do with it: there is nothing to recover. */
function onlyAsked(undo: () => Promise<void>, flags: NonNullable<Injected['flags']>): Injected {
  return { flags, onlyAsked: true, [Symbol.asyncDispose]: undo };
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
        // The cluster is the run's own: one that stays does no harm.
        await createNamespace(api, namespace, {});
        return { elsewhere: { namespace, rules: [rule] } };
      },
    ),
  ),
);

/** What nobody can look at is never an answer: neither yes nor no. */
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

async function withKubeconfig(folder: string, text: string): Promise<Injected> {
  const file = path.join(folder, `${randomBytes(4).toString('hex')}.yaml`);
  await writeFile(file, text, { mode: 0o600 });
  return onlyAsked(() => Promise.resolve(), { kubeconfig: file });
}

/** The identity of a lab: each requirement red under what breaks it, and nothing else. */
export const rke2Access: Story = {
  name: 'rke2-access',
  verifier: 'rke2-access',
  async ask({ environment, folder }, overrides) {
    if (overrides?.flags?.['kubeconfig'] !== undefined) {
      return { flags: {}, env: {} };
    }
    // As deploy/lab-identity/ gives it; it goes with the cluster, which is the run's own.
    const { kubeconfigFile, role } = await labIdentity(environment.api, folder);
    return { flags: { kubeconfig: kubeconfigFile, 'bind-role': role }, env: {} };
  },
  faults: [...tooLittle, ...tooMuch, ...noAnswer],
  sideBySide: 4,
};
