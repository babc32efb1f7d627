import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { serveHttp } from '@meho/core/http/testing/local-server';
import { stringify } from 'yaml';

/** Kinds of the chart, by API, as plural and name. */
const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: { configmaps: 'ConfigMap', services: 'Service', serviceaccounts: 'ServiceAccount' },
  'apps/v1': { deployments: 'Deployment' },
  'batch/v1': { jobs: 'Job' },
  'networking.k8s.io/v1': { ingresses: 'Ingress', networkpolicies: 'NetworkPolicy' },
};

/** What helm asks before it looks anything up. */
const discovery: Readonly<Record<string, object>> = {
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    ...{ kind: 'APIGroupList', apiVersion: 'v1' },
    groups: Object.keys(kinds)
      .filter((api) => api !== 'v1')
      .map((groupVersion) => ({ groupVersion, version: 'v1' }))
      .map((version) => ({ name: version.groupVersion.split('/')[0], versions: [version], preferredVersion: version })),
  },
  ...Object.fromEntries(
    Object.entries(kinds).map(([api, resources]) => [
      api === 'v1' ? '/api/v1' : `/apis/${api}`,
      {
        ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: api },
        resources: Object.entries(resources).map(([name, kind]) => ({
          name,
          singularName: '',
          kind,
          namespaced: true,
          verbs: ['get'],
        })),
      },
    ]),
  ),
};
const notFound = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };

/** What a template's `lookup` asks an API server for: these Deployments and ConfigMaps of namespace meho, by name. */
export async function serveObjects(objects: readonly KubernetesObject[]) {
  const folder = await mkdtemp(join(tmpdir(), 'objects-'));
  const server = await serveHttp((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const [, plural, name] = /\/v1\/namespaces\/meho\/(deployments|configmaps)\/([^/]+)$/.exec(pathname) ?? [];
    const kind = plural === 'deployments' ? 'Deployment' : 'ConfigMap';
    const answer =
      discovery[pathname] ?? objects.find((object) => object.kind === kind && object.metadata?.name === name);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? notFound));
  });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(
    kubeconfig,
    stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'a' },
      clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${server.port}` } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      users: [{ name: 'a', user: {} }],
    }),
  );
  return {
    kubeconfig,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
