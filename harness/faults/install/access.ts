import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { closedPort } from '@meho/core/http/testing/local-server';
import { createAuthority } from '@meho/core/testing/authority';
import type { Resource } from '@meho/kube/api/resource';
import { serviceAccounts } from '@meho/kube/api/resource';
import {
  besideOthers,
  type Fault,
  type Injection,
  injection,
  otherCommandLine,
  type ReleaseContext,
} from '../fault.ts';

const roles: Resource<object> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
};
const roleBindings: Resource<object> = { ...roles, kind: 'RoleBinding', plural: 'rolebindings' };
const account = 'fault-reader';

interface TokenRequest {
  readonly apiVersion?: string;
  readonly spec?: object;
  readonly status?: { readonly token?: string };
}

/** The path lies below the ServiceAccount, in that object's API group. */
const tokenRequests: Resource<TokenRequest> = {
  apiVersion: 'v1',
  kind: 'TokenRequest',
  plural: `serviceaccounts/${account}/token`,
  namespaced: true,
};

async function kubeconfigWith(
  { environment, folder }: ReleaseContext,
  { server, ca, token = 'not-a-token' }: { server?: URL; ca?: string; token?: string },
): Promise<Pick<Injection, 'flags'>> {
  const { access } = environment.api;
  const authority = ca ?? (access.tls.ca ?? []).join('\n');
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fault',
    contexts: [{ name: 'fault', context: { cluster: 'fault', user: 'fault' } }],
    clusters: [
      {
        name: 'fault',
        cluster: {
          server: (server ?? access.server).href,
          'certificate-authority-data': Buffer.from(authority).toString('base64'),
        },
      },
    ],
    users: [{ name: 'fault', user: { token } }],
  };
  const file = path.join(folder, `${randomBytes(4).toString('hex')}.kubeconfig`);
  await writeFile(file, JSON.stringify(document), { mode: 0o600 });
  return { flags: { kubeconfig: file } };
}

async function limited(context: ReleaseContext, rules: readonly object[]): Promise<Injection> {
  const { api } = context.environment;
  const { namespace } = context.installed.target;
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
    return injection(undo, await kubeconfigWith(context, { token: status?.token ?? '' }));
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

/** Checks that fail for the same cause are not counted again. */
export const access: readonly Fault[] = [
  ...besideOthers([
    {
      id: 'cluster-refused',
      title: 'the API server refuses connections',
      expectRed: ['deployment-available'],
      says: /refused the connection/,
      inject: async (context) =>
        otherCommandLine(await kubeconfigWith(context, { server: new URL(`https://127.0.0.1:${await closedPort()}`) })),
    },
    {
      id: 'cluster-unknown-authority',
      title: 'the kubeconfig trusts another authority',
      expectRed: ['deployment-available'],
      says: /not trusted/,
      inject: async (context) =>
        otherCommandLine(await kubeconfigWith(context, { ca: (await createAuthority('a stranger')).certificatePem })),
    },
    {
      id: 'cluster-unauthorized',
      title: "the kubeconfig's token is not accepted",
      expectRed: ['deployment-available'],
      says: /not accepted/,
      inject: async (context) => otherCommandLine(await kubeconfigWith(context, {})),
    },
  ]),
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
  ...besideOthers([
    {
      id: 'other-namespace',
      title: 'the release is looked for in another namespace',
      // It also explains the missing Helm record.
      expectRed: ['deployment-available'],
      says: /no Deployment/,
      inject: async () => otherCommandLine({ flags: { namespace: 'default', 'rollout-timeout': '4' } }),
    },
    {
      id: 'other-release',
      title: 'another release is looked for',
      expectRed: ['deployment-available'],
      says: /no Deployment/,
      inject: async () => otherCommandLine({ flags: { release: 'other', 'rollout-timeout': '4' } }),
    },
  ]),
];
