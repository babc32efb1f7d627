import { expect, test } from 'vitest';
import { createAuthority } from '../contract/testing/stub-backplane.ts';
import { serveHttps } from '../http/testing/local-server.ts';
import { KubeApi } from '../kube/api.ts';
import { listKindOf } from '../kube/testing/list-kind.ts';
import { newRun } from '../runs/identity.ts';
import type { GivenPostgres } from '../services/given-postgres.ts';
import { removeRemains } from './foreign-run.ts';

const signal = AbortSignal.timeout(30_000);

/** A cluster with one namespace of a run, whose removal is answered with a status. */
async function clusterWith(labels: Readonly<Record<string, string>>, removalStatus: number) {
  const authority = await createAuthority();
  const pair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const asked: string[] = [];
  const server = await serveHttps(pair, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const items = [{ metadata: { name: 'left', uid: 'u', labels } }];
    const status = request.method === 'DELETE' ? removalStatus : 200;
    const body =
      status === 200
        ? { kind: listKindOf(request), metadata: {}, items }
        : { kind: 'Status', code: status, reason: 'Forbidden' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const api = new KubeApi({
    server: new URL(`https://127.0.0.1:${server.port}`),
    tls: { ca: [authority.certificatePem] },
    identity: { credentials: async () => ({}), impersonate: {} },
    description: 'a test',
  });
  const close = async () => {
    api[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  };
  return { api, asked, [Symbol.asyncDispose]: close };
}

function postgresOf(removed: string[]): GivenPostgres {
  return {
    cidr: '192.0.2.1/32',
    createDatabase: () => Promise.reject(new Error('nobody asks for one')),
    open: async () => undefined,
    removeOf: async () => {
      removed.push('meho_left');
      return removed;
    },
  };
}

test('a namespace that can not be removed is told, and keeps no database', async () => {
  const { labels } = await newRun();
  await using cluster = await clusterWith(labels, 403);
  const databases: string[] = [];
  const removing = removeRemains({ api: cluster.api, postgres: postgresOf(databases) }, () => true, signal);
  await expect(removing).rejects.toThrow(/403|Forbidden/);
  expect(databases).toEqual(['meho_left']);
});

test('of a run that is not meant nothing is asked to go', async () => {
  const { labels } = await newRun();
  await using cluster = await clusterWith(labels, 403);
  expect(await removeRemains({ api: cluster.api }, () => false, signal)).toEqual([]);
  expect(cluster.asked.filter((line) => line.startsWith('DELETE'))).toEqual([]);
});

test('a namespace that lacks one label of a run is nobody’s to remove', async () => {
  const { labels } = await newRun();
  for (const name of Object.keys(labels)) {
    const { [name]: _, ...others } = labels;
    await using cluster = await clusterWith(others, 403);
    expect(await removeRemains({ api: cluster.api }, () => true, signal)).toEqual([]);
    expect(cluster.asked.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  }
});
