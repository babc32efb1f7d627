import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { asGoYaml, readGoYaml } from './go-yaml.ts';

/** As converted by sigs.k8s.io/yaml 1.6.0 (`kubectl apply`, `helm template`). */
const AS_KUBECTL: readonly (readonly [string, unknown])[] = [
  ['0400', 256],
  ['0o400', 256],
  ['-0400', -256],
  ['0_17', 15],
  ['08', 8],
  ['0', 0],
  ['-0x1F', -31],
  ['0b11', 3],
  ['12_000', 12000],
  ['1e3', 1000],
  ['yes', true],
  ['n', false],
  ['~', null],
  ['12:30:00', '12:30:00'],
  ['2026-11-30', '2026-11-30'],
  ["'0400'", '0400'],
  ['!!int "12"', 12],
  ['1_0e1_0', 1e11],
  ['!!binary aGk=', 'hi'],
];

/** So are these, where `x` is {a: 1, b: 2} and `y` {b: 3, c: 4}. */
const MERGED: readonly (readonly [string, object])[] = [
  ['{<<: *x, b: 5}', { a: 1, b: 5 }],
  ['{b: 5, <<: *x}', { a: 1, b: 2 }],
  ['{b: 5, <<: *x, a: 6}', { a: 6, b: 2 }],
  ['{<<: *x, <<: *y}', { a: 1, b: 3, c: 4 }],
  ['{<<: [*x, *y]}', { a: 1, b: 2, c: 4 }],
  ['{b: 5, <<: [*x, *y], c: 6}', { a: 1, b: 2, c: 6 }],
  ['{b: 5, <<: {b: 6, <<: *y}}', { b: 3, c: 4 }],
  ['{b: 5, "<<": 6}', { b: 5, '<<': 6 }],
  ['{b: 5, b: 6}', { b: 6 }],
];

describe('a scalar is read as kubectl and helm read it', () => {
  test.each(AS_KUBECTL)('%s', (text, value) => {
    expect(parseDocument(`a: ${text}\n`, asGoYaml).toJS()).toEqual({ a: value });
  });
});

test.each(MERGED)('a mapping is read as kubectl and helm read it: %s', (text, value) => {
  expect(readGoYaml(`x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nm: ${text}\n`)).toMatchObject({ m: value });
});

test.each(['a: .inf', 'a: .NaN', 'a: !!binary "?"', 'a: {<<: 1}', 'a: {<<: [1]}', 'a: *b'])('%s is refused', (text) => {
  expect(() => readGoYaml(`${text}\n`)).toThrow(/no number|base64|merge key|lias/);
});
