import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { closedPort } from '../../http/testing/local-server.ts';
import { createAuthority } from '../../ingress/authority.ts';
import type { Resource } from '../../kube/resource.ts';
import { serviceAccounts } from '../../kube/resource.ts';
import { asked, type Fault, type Injected, injected, type ProveContext } from '../story.ts';

const roles: Resource<object> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
};
const roleBindings: Resource<object> = { ...roles, kind: 'RoleBinding', plural: 'rolebindings' };
const account = 'prove-reader';

interface TokenRequest {
  readonly apiVersion?: string;
  readonly spec?: object;
  readonly status?: { readonly token?: string };
}

/** A subresource's path is below its object, in the API of the object, though it is of another. */
const tokenRequests: Resource<TokenRequest> = {
  apiVersion: 'v1',
  kind: 'TokenRequest',
  plural: `serviceaccounts/${account}/token`,
  namespaced: true,
};

/** A kubeconfig of another server, another authority or another identity than the healthy run's. */
async function kubeconfigWith(
  { environment, folder }: ProveContext,
  { server, ca, token = 'not-a-token' }: { server?: URL; ca?: string; token?: string },
): Promise<Pick<Injected, 'flags'>> {
  const { access } = environment.api;
  const authority = ca ?? (access.tls.ca ?? []).join('\n');
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prove',
    contexts: [{ name: 'prove', context: { cluster: 'prove', user: 'prove' } }],
    clusters: [
      {
        name: 'prove',
        cluster: {
          server: (server ?? access.server).href,
          'certificate-authority-data': Buffer.from(authority).toString('base64'),
        },
      },
    ],
    users: [{ name: 'prove', user: { token } }],
  };
  const file = path.join(folder, 'prove.kubeconfig');
  await writeFile(file, JSON.stringify(document), { mode: 0o600 });
  return { flags: { kubeconfig: file } };
}

/** A ServiceAccount that may read what the rules say and nothing else. */
async function limited(context: ProveContext, rules: readonly object[]): Promise<Injected> {
  const { api } = context.environment;
  const { namespace } = context.installed.site;
  const undo = async () => {
    await api.delete(roleBindings, namespace, account);
    await api.delete(roles, namespace, account);
    await api.delete(serviceAccounts, namespace, account);
  };
  const metadata = { name: account };
  try {
    await api.create(serviceAccounts, namespace, { metadata });
    await api.create(roles, namespace, { metadata, rules });
    await api.create(roleBindings, namespace, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    });
    const { status } = await api.create(tokenRequests, namespace, { apiVersion: 'authentication.k8s.io/v1', spec: {} });
    return injected(undo, await kubeconfigWith(context, { token: status?.token ?? '' }));
  } catch (error) {
    await undo();
    throw error;
  }
}

const readDeployments = {
  apiGroups: ['apps'],
  resources: ['deployments', 'replicasets'],
  verbs: ['get', 'list', 'watch'],
};
const readJobs = { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch'] };

/** How the cluster is looked at. What one failure explains isn't a second one. */
export const access: readonly Fault[] = [
  {
    id: 'cluster-refused',
    title: 'the API server refuses connections',
    expectRed: ['deployment-available'],
    says: /refused the connection/,
    inject: async (context) =>
      asked(await kubeconfigWith(context, { server: new URL(`https://127.0.0.1:${await closedPort()}`) })),
  },
  {
    id: 'cluster-unknown-authority',
    title: 'the kubeconfig trusts another authority',
    expectRed: ['deployment-available'],
    says: /not trusted/,
    inject: async (context) =>
      asked(await kubeconfigWith(context, { ca: (await createAuthority('a stranger')).certificatePem })),
  },
  {
    id: 'cluster-unauthorized',
    title: "the kubeconfig's token is not accepted",
    expectRed: ['deployment-available'],
    says: /not accepted/,
    inject: async (context) => asked(await kubeconfigWith(context, {})),
  },
  {
    id: 'cluster-forbidden',
    title: 'the identity may read nothing',
    expectRed: ['deployment-available'],
    says: /forbidden/,
    inject: (context) => limited(context, []),
  },
  {
    id: 'cluster-jobs-forbidden',
    title: 'the identity may read Deployments only',
    expectRed: ['migration-job'],
    says: /forbidden.*jobs|jobs.*forbidden/,
    inject: (context) => limited(context, [readDeployments]),
  },
  {
    id: 'cluster-secrets-forbidden',
    title: "the identity may not read Helm's record",
    expectRed: ['migration-job'],
    says: /forbidden.*secrets|secrets.*forbidden/,
    inject: (context) => limited(context, [readDeployments, readJobs]),
  },
  {
    id: 'other-namespace',
    title: 'the release is looked for in another namespace',
    // That there is no record there either is explained by it.
    expectRed: ['deployment-available'],
    says: /no Deployment/,
    inject: async () => asked({ flags: { namespace: 'default', 'rollout-timeout': '4' } }),
  },
  {
    id: 'other-release',
    title: 'another release is looked for',
    expectRed: ['deployment-available'],
    says: /no Deployment/,
    inject: async () => asked({ flags: { release: 'other', 'rollout-timeout': '4' } }),
  },
];
