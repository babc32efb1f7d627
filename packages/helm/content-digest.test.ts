import { expect, test } from 'vitest';
import { chartDigest, digestOf, sameContent } from './content-digest.ts';

const same = (a: unknown, b: unknown) => sameContent(chartDigest(a), chartDigest(b));

test.each<[string, unknown, unknown]>([
  ['the order of members', { a: 1, b: 2 }, { b: 2, a: 1 }],
  [
    'what is empty and what is absent',
    { metadata: { name: 'x', keywords: [] }, lock: null },
    { metadata: { name: 'x' } },
  ],
  ["Go's zero time", { lock: { generated: '0001-01-01T00:00:00Z' } }, {}],
  [
    'times of files that one Helm drops',
    { files: [{ name: 'a', modtime: '2026-01-01T00:00:00Z' }] },
    { files: [{ name: 'a' }] },
  ],
  [
    'times of files in two zones',
    { schemamodtime: '2026-01-01T00:00:00Z' },
    { schemamodtime: '2026-01-01T01:00:00+01:00' },
  ],
  ['values that are an empty table, or none', { values: {} }, { values: null }],
])('two charts differ in nothing by %s', (_, a, b) => {
  expect(same(a, b)).toBe(true);
});

test.each<[string, unknown, unknown]>([
  ['a template', { templates: [{ name: 'a', data: 'eA==' }] }, { templates: [{ name: 'a', data: 'eQ==' }] }],
  ['the order of templates', { templates: ['a', 'b'] }, { templates: ['b', 'a'] }],
  ['a value that is empty', { values: { tag: '' } }, { values: {} }],
  ['a value that is null', { values: { tag: null, a: 1 } }, { values: { a: 1 } }],
  ['text instead of a number', { values: { port: '1' } }, { values: { port: 1 } }],
  ['times of files', { schemamodtime: '2026-01-01T00:00:00Z' }, { schemamodtime: '2026-01-01T00:00:01Z' }],
  ['an annotation called values', { metadata: { annotations: { values: 'a' } } }, { metadata: {} }],
])('two charts differ by %s', (_, a, b) => {
  expect(same(a, b)).toBe(false);
});

test('no two values are written alike', () => {
  const alike = [['a', 'b'], ['ab'], [['a'], 'b'], { a: 'b' }, 'a', '1', 1, true, 'true', null, 'null', [], {}, ''];
  expect(new Set(alike.map(digestOf)).size).toBe(alike.length);
});
