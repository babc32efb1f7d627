import { serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, storeRecord } from '@meho/helm/testing/records';
import { expect, test } from 'vitest';
import { CustomResources } from './custom-resources.ts';

const signal = AbortSignal.timeout(10_000);
const manifest = `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: meho-postgres }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: meho }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: meho }
`;
const group = {
  kind: 'APIResourceList',
  resources: [
    { name: 'externalsecrets', kind: 'ExternalSecret', namespaced: true },
    { name: 'externalsecrets/status', kind: 'ExternalSecret', namespaced: true },
  ],
};

async function named(object: object | undefined, status = 'pending-upgrade') {
  const record = storeRecord(documentOf({ revision: 2, status, more: { manifest } }));
  const answers: Readonly<Record<string, object | undefined>> = {
    '/apis/external-secrets.io/v1': group,
    '/apis/external-secrets.io/v1/namespaces/meho/externalsecrets/meho-postgres': object && {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'meho-postgres', generation: 2 },
      ...object,
    },
  };
  const asked: string[] = [];
  await using served = await serveNamespace({ records: [record] }, (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    asked.push(path);
    const answer = answers[path];
    if (answer !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }
    return answer !== undefined;
  });
  const custom = new CustomResources(served.api, { namespace: 'meho', release: 'meho' });
  const causes = await custom.notReady(signal);
  return { causes, asked };
}

const condition = (type: string, is: string) => ({
  type,
  status: is,
  reason: 'SecretSyncedError',
  message: 'no store',
});
const conditions = (...all: readonly object[]) => ({ status: { conditions: all } });

test('one that says Ready=False is named in its controller’s words', async () => {
  const { causes, asked } = await named(conditions(condition('Ready', 'False')));
  expect(causes).toMatchObject([
    {
      id: 'custom-resource-not-ready',
      object: 'ExternalSecret meho-postgres',
      observed: 'Ready=False, SecretSyncedError: no store',
      next: expect.stringMatching(
        /^kubectl describe externalsecrets\.external-secrets\.io meho-postgres --namespace meho;/,
      ),
    },
  ]);
  expect(asked.some((path) => path.includes('networking.k8s.io'))).toBe(false);
});

test('one that has given up is named as well', async () => {
  const { causes } = await named(conditions(condition('Stalled', 'True')));
  expect(causes.map(({ observed }) => observed)).toEqual(['Stalled=True, SecretSyncedError: no store']);
});

test.each<[string, object | undefined, string?]>([
  ['ready', conditions(condition('Ready', 'True'))],
  ['without a condition, as Helm takes for ready', {}],
  ['not there', undefined],
  ['being issued', conditions(condition('Ready', 'False'), condition('Issuing', 'True'))],
  [
    'not looked at yet by its controller since it was changed',
    { status: { observedGeneration: 1, conditions: [condition('Ready', 'False')] } },
  ],
  ['of a release that nobody is working on', conditions(condition('Ready', 'False')), 'deployed'],
])('not named: one that is %s', async (_, object, status) => {
  expect((await named(object, status)).causes).toEqual([]);
});
