import { serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, type RevisionSpec, storeRecord } from '@meho/helm/testing/records';
import { expect, test } from 'vitest';
import { pendingRelease } from './pending-release.ts';

const refusal = new Error('another operation (install/upgrade/rollback) is in progress');
const signal = AbortSignal.timeout(10_000);
const n: RevisionSpec = { revision: 1, status: 'superseded' };
const killed: RevisionSpec = {
  revision: 2,
  status: 'pending-upgrade',
  content: 'N+1',
  description: 'Preparing upgrade',
};

async function causesOf(told: readonly RevisionSpec[], error: unknown = refusal) {
  await using served = await serveNamespace({ records: told.map((each) => storeRecord(documentOf(each))) });
  return await pendingRelease(served.api, { namespace: 'meho', release: 'meho' }, error, signal);
}

test.each<[string, readonly RevisionSpec[], string]>([
  ['an upgrade', [{ ...n, status: 'deployed' }, killed], 'helm rollback meho 1 --namespace meho --wait'],
  [
    'a rollback, with N+1 still deployed',
    [n, { ...killed, status: 'deployed' }, { revision: 3, status: 'pending-rollback', run: 1 }],
    'helm rollback meho 1 --namespace meho --wait',
  ],
  ['an install', [{ ...n, status: 'pending-install' }], 'helm uninstall meho --namespace meho --wait'],
])('%s that was broken off: the one command', async (_, told, command) => {
  expect(await causesOf(told)).toMatchObject([
    {
      id: 'release-pending',
      command,
      observed: expect.stringMatching(/^revision \d is pending-\S+ since 2026-11-30T0/),
    },
  ]);
});

test('no command where no revision ever worked, and it says so', async () => {
  const [cause] = await causesOf([{ ...n, status: 'failed' }, killed]);
  expect(cause).not.toHaveProperty('command');
  expect(cause?.next).toMatch(/no revision ever worked: helm history meho --namespace meho$/);
});

test.each<[string, readonly RevisionSpec[], unknown]>([
  [
    'an upgrade that was killed before the rollback that put it right',
    [n, killed, { revision: 3, status: 'deployed', run: 1 }],
    refusal,
  ],
  ['a failure of another kind', [n, killed], new Error('timed out waiting for the condition')],
  ['no such release', [], refusal],
])('not blamed: %s', async (_, told, error) => {
  expect(await causesOf(told, error)).toEqual([]);
});
