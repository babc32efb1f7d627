import { createAuthority } from '@meho/contract/testing/stub-backplane';
import { serveHttps } from '@meho/core/http/testing/local-server';
import { newRun } from '@meho/core/runs/identity';
import { KubeApi } from '@meho/kube/api/api';
import { listKindOf } from '@meho/kube/testing/list-kind';
import { expect, test } from 'vitest';
import type { ExternalPostgres } from '../../services/external-postgres.ts';
import { removeLeftovers } from './existing-cluster-run.ts';

const signal = AbortSignal.timeout(30_000);

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

function postgresOf(removed: string[]): ExternalPostgres {
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
  const removing = removeLeftovers({ api: cluster.api, postgres: postgresOf(databases) }, () => true, signal);
  await expect(removing).rejects.toThrow(/403|Forbidden/);
  expect(databases).toEqual(['meho_left']);
});

test('of a run that is not meant nothing is asked to go', async () => {
  const { labels } = await newRun();
  await using cluster = await clusterWith(labels, 403);
  expect(await removeLeftovers({ api: cluster.api }, () => false, signal)).toEqual([]);
  expect(cluster.asked.filter((line) => line.startsWith('DELETE'))).toEqual([]);
});

test('a namespace that lacks one label of a run is nobody’s to remove', async () => {
  const { labels } = await newRun();
  for (const name of Object.keys(labels)) {
    const { [name]: _, ...others } = labels;
    await using cluster = await clusterWith(others, 403);
    expect(await removeLeftovers({ api: cluster.api }, () => true, signal)).toEqual([]);
    expect(cluster.asked.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  }
});
