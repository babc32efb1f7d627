import { UsageError } from '@meho/core/problem';
import { expect, test } from 'vitest';
import { history, newestRevision, revisionStatuses } from './history.ts';
import { helmDriverProblems, recordKindOf } from './storage.ts';
import { serveNamespace } from './testing/record-server.ts';
import { documentOf, type RevisionSpec, storeRecord } from './testing/records.ts';
import { releaseValues } from './values.ts';

const told: readonly RevisionSpec[] = [
  { revision: 9, status: 'superseded' },
  { revision: 10, status: 'deployed', content: 'N+1' },
];
const other = { ...documentOf({ revision: 11, status: 'deployed' }), name: 'meho-2' };

test.each(['secret', 'secrets', 'configmap', 'configmaps'])(
  'records are read where HELM_DRIVER=%s keeps them',
  async (driver) => {
    const kind = recordKindOf(driver);
    const records = [...told.map(documentOf), other].map((document) => storeRecord(document, kind));
    await using served = await serveNamespace({ records });
    const { api, asked } = served;
    expect((await history(api, 'meho', 'meho', { driver })).map(({ revision }) => revision)).toEqual([9, 10]);
    expect(await newestRevision(api, 'meho', 'meho', { driver })).toMatchObject({ revision: 10, appVersion: 'N+1' });
    expect((await revisionStatuses(api, 'meho', 'meho', { driver })).at(-1)).toEqual({
      revision: 10,
      status: 'deployed',
    });
    expect(await releaseValues(api, 'meho', 'meho', { driver })).toMatchObject({
      image: { tag: 'N+1' },
      replicaCount: 2,
    });
    expect(new Set(asked)).toEqual(new Set([driver.startsWith('secret') ? 'secrets' : 'configmaps']));
  },
);

test.each([
  [
    'sql',
    /^HELM_DRIVER: expected secret, .*, got "sql": records that helm keeps by its driver sql are not in the cluster/,
  ],
  ['memory', /got "memory": records that helm keeps by its driver memory/],
  ['Secrets', /got "Secrets": helm knows no such driver/],
  ['constructor', /no such driver/],
])('HELM_DRIVER=%s is refused by its name', (driver, message) => {
  expect(helmDriverProblems(driver)).toEqual([expect.stringMatching(message)]);
  expect(() => recordKindOf(driver)).toThrow(UsageError);
});

test('nothing said is a Secret', () => {
  expect([helmDriverProblems(undefined), recordKindOf('secret')]).toEqual([[], 'Secret']);
});
