import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { lastGood, revisionOf } from './history.ts';

const RECORD = {
  version: 3,
  info: { status: 'deployed', description: 'Rollback to 1' },
  chart: { metadata: { name: 'meho-chart', version: '0.1.0', appVersion: 'sha-1' } },
  manifest: '---\nkind: Service\n',
};

function secretOf(payload: Buffer) {
  const helm = payload.toString('base64');
  return { metadata: { name: 'sh.helm.release.v1.meho.v3' }, data: { release: Buffer.from(helm).toString('base64') } };
}

test.each([
  ['packed, as helm writes it', gzipSync(JSON.stringify(RECORD))],
  ['plain, as very old ones are', Buffer.from(JSON.stringify(RECORD))],
])('a release %s', (_, payload) => {
  expect(revisionOf(secretOf(payload))).toEqual({
    ...{ revision: 3, status: 'deployed', description: 'Rollback to 1' },
    ...{ chart: 'meho-chart-0.1.0', appVersion: 'sha-1', manifest: '---\nkind: Service\n' },
  });
});

test('a Secret without a release is named', () => {
  expect(() => revisionOf({ metadata: { name: 'other' }, data: {} })).toThrow('Secret other holds no release');
});

test.each([
  ['the one that is deployed, whatever failed since', ['deployed', 'failed', 'pending-upgrade'], 1],
  ['the newest that was deployed, when none is', ['superseded', 'superseded', 'failed'], 2],
  ['none where nothing ever was', ['failed', 'pending-upgrade'], undefined],
])('back to %s', (_, statuses, revision) => {
  expect(lastGood(statuses.map((status, index) => ({ revision: index + 1, status })))).toBe(revision);
});
