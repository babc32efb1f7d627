import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { instantOf } from './instant.ts';
import { HelmRecordError, revisionOf } from './record.ts';
import { documentOf, storeRecord } from './testing/records.ts';

const document = documentOf({
  revision: 3,
  status: 'deployed',
  description: 'Rollback to 1',
  run: 1,
  rollbackRevision: 1,
});
const read = {
  ...{ revision: 3, status: 'deployed', description: 'Rollback to 1', rollbackRevision: 1 },
  ...{ chart: 'meho-chart-0.1.0', appVersion: 'N', manifest: document.manifest },
  createdAt: instantOf('2026-11-30T03:00:00Z'),
  lastDeployed: instantOf('2026-11-30T03:00:00.000000001Z'),
};

test('a release in a Secret or in a ConfigMap, packed as helm does it', () => {
  expect(revisionOf(storeRecord(document))).toMatchObject(read);
  expect(revisionOf(storeRecord(document, 'ConfigMap'))).toMatchObject(read);
});

test('a release that is not compressed, as very old ones are', () => {
  const plain = Buffer.from(JSON.stringify(document)).toString('base64');
  const release = { ...storeRecord(document, 'ConfigMap'), data: { release: plain } };
  expect(revisionOf(release)).toMatchObject(read);
});

test.each([
  ['holds none', {}, /Secret other holds no release/],
  ['is cut off', { release: storeRecord(document).data?.['release']?.slice(0, 200) ?? '' }, /can't be read/],
  ['is something else', { release: Buffer.from(Buffer.from('[]').toString('base64')).toString('base64') }, /no JSON/],
])('a Secret whose release %s is named', (_, data, message) => {
  const release = { kind: 'Secret' as const, metadata: { name: 'other' }, data };
  expect(() => revisionOf(release)).toThrow(HelmRecordError);
  expect(() => revisionOf(release)).toThrow(expect.objectContaining({ name: 'HelmRecordError' }));
  try {
    revisionOf(release);
  } catch (error) {
    expect(`${error} ${(error as Error).cause}`).toMatch(message);
  }
});

test('a release of a megabyte that unpacks to a gigabyte is not unpacked', () => {
  const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024)).toString('base64');
  const release = { kind: 'ConfigMap' as const, metadata: { name: 'other' }, data: { release: bomb } };
  const before = process.memoryUsage().rss;
  expect(() => revisionOf(release)).toThrow(/ConfigMap other holds a release that can't be read/);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
});

test.each([
  ['name', 'other'],
  ['version', '4'],
  ['status', 'failed'],
])('a record whose label %s says something else than its content is believed in neither', (label, value) => {
  const record = storeRecord(document);
  const labels = { ...record.metadata?.labels, [label]: value };
  expect(() => revisionOf({ ...record, metadata: { ...record.metadata, labels } })).toThrow(
    new RegExp(`contradicts itself: its ${label} is ${value} by its label`),
  );
});

test.each([
  ['2026-11-30T03:00:00.123456789Z', '2026-11-30T04:00:00.123456789+01:00'],
  ['2026-11-30T03:00:00Z', '2026-11-29T22:00:00.000-05:00'],
])('%s is %s', (one, other) => {
  expect(instantOf(one)).toBe(instantOf(other));
});

test.each(['', null, undefined, '0001-01-01T00:00:00Z', '0001-01-01T00:00:00+01:00'])('%j is never', (text) => {
  expect(instantOf(text)).toBeUndefined();
});

test('a time that is none is told, not taken for never', () => {
  const hooks = [{ name: 'a', last_run: { started_at: 'yesterday', phase: 'Succeeded' } }];
  expect(() => revisionOf(storeRecord({ ...document, hooks }))).toThrow('"yesterday" is no time');
});
