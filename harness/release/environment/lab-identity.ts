import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1ClusterRole, V1ClusterRoleBinding, V1PolicyRule } from '@kubernetes/client-node';
import { repositoryRoot } from '@meho/core/repository';
import type { KubeApi } from '@meho/kube/api/api';
import { type Json, namespaces, type Resource, serviceAccounts } from '@meho/kube/api/resource';
import { roleBindings } from '@meho/kube/permissions/own-role';
import { deleteNamespace } from '@meho/kube/workloads/namespace';
import { parseAllDocuments, stringify } from 'yaml';

type Rule = Json<V1PolicyRule>;

const group = 'rbac.authorization.k8s.io';
const clusterRoles = rbac<Json<V1ClusterRole>>('ClusterRole', 'clusterroles');
const clusterRoleBindings = rbac<Json<V1ClusterRoleBinding>>('ClusterRoleBinding', 'clusterrolebindings');

function rbac<T>(kind: string, plural: string): Resource<T> {
  return { apiVersion: `${group}/v1`, kind, plural, namespaced: false };
}

const manifest = path.join(repositoryRoot, 'deploy', 'lab-identity', 'identity.yaml');
const removalDeadlineMs = 60_000;

/** Differences from deploy/lab-identity/. */
export interface Deviation {
  readonly cluster?: (rules: readonly Rule[]) => readonly Rule[];
  /** In its own namespaces. */
  readonly namespace?: (rules: readonly Rule[]) => readonly Rule[];
  /** In a namespace that isn't its own. */
  readonly elsewhere?: { readonly namespace: string; readonly rules: readonly Rule[] };
}

export interface LabIdentity extends AsyncDisposable {
  readonly kubeconfigFile: string;
  /** ClusterRole that it binds to itself in its namespaces. */
  readonly role: string;
  readonly username: string;
}

/**
 * Creates the identity of deploy/lab-identity/identity.yaml, or a deviation.
 *
 * @param folder private, removed with the test
 */
export async function createLabIdentity(api: KubeApi, folder: string, deviation: Deviation = {}): Promise<LabIdentity> {
  const id = `lab-${randomBytes(4).toString('hex')}`;
  const role = `${id}-namespace`;
  const { cluster = same, namespace = same, elsewhere } = deviation;
  await using stack = new AsyncDisposableStack();
  const remove = (resource: Resource<unknown>, place: string | undefined, name: string) =>
    stack.defer(() => api.delete(resource, place, name));
  await api.create(namespaces, undefined, { metadata: { name: id } });
  stack.defer(() => deleteNamespace(api, id, { deadlineMs: removalDeadlineMs }));
  await api.create(serviceAccounts, id, { metadata: { name: 'smoke', namespace: id } });
  const rules = await rulesOf();
  const roles = {
    [`${id}-cluster`]: cluster(rules('meho-ci-cluster').map((rule) => renameRole(rule, role))),
    [role]: namespace(rules('meho-ci-namespace')),
    ...(elsewhere === undefined ? {} : { [`${id}-elsewhere`]: elsewhere.rules }),
  };
  for (const [name, given] of Object.entries(roles)) {
    remove(clusterRoles, undefined, name);
    await api.create(clusterRoles, undefined, { metadata: { name }, rules: given });
  }
  const bound = (name: string) => ({
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: 'smoke', namespace: id }],
  });
  remove(clusterRoleBindings, undefined, `${id}-cluster`);
  await api.create(clusterRoleBindings, undefined, bound(`${id}-cluster`));
  if (elsewhere !== undefined) {
    remove(roleBindings, elsewhere.namespace, `${id}-elsewhere`);
    await api.create(roleBindings, elsewhere.namespace, bound(`${id}-elsewhere`));
  }
  const kubeconfigFile = path.join(folder, `${id}.yaml`);
  await writeFile(kubeconfigFile, kubeconfigOf(api, { token: await tokenOf(api, id) }), { mode: 0o600 });
  const resources = stack.move();
  return {
    kubeconfigFile,
    role,
    username: `system:serviceaccount:${id}:smoke`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const same = (rules: readonly Rule[]) => rules;

function renameRole(rule: Rule, role: string): Rule {
  return rule.resources?.includes('clusterroles') === true ? { ...rule, resourceNames: [role] } : rule;
}

async function rulesOf(): Promise<(role: string) => readonly Rule[]> {
  const documents = parseAllDocuments(await readFile(manifest, 'utf8')).map((document) => document.toJS());
  return (role) => {
    const found: Json<V1ClusterRole> | undefined = documents.find(
      ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === role,
    );
    if (found?.rules === undefined) {
      throw new Error(`deploy/lab-identity/identity.yaml has no ClusterRole ${role}`);
    }
    return found.rules;
  };
}

interface TokenRequest {
  readonly spec: object;
  readonly status?: { readonly token: string };
}

async function tokenOf(api: KubeApi, namespace: string): Promise<string> {
  const requests: Resource<TokenRequest> = {
    apiVersion: 'v1',
    kind: 'TokenRequest',
    plural: 'serviceaccounts/smoke/token',
    namespaced: true,
  };
  const asked = { apiVersion: 'authentication.k8s.io/v1', spec: { expirationSeconds: 3600 } };
  const { status } = await api.create(requests, namespace, asked);
  return status?.token ?? '';
}

export function kubeconfigOf(
  { access: { server, tls } }: KubeApi,
  user: Readonly<Record<string, string>>,
  at: string = server.href,
): string {
  const authority = Buffer.from(tls.ca?.join('\n') ?? '').toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: at, 'certificate-authority-data': authority } }],
    users: [{ name: 'lab', user }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  });
}
