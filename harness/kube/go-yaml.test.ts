import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { asGoYaml } from './go-yaml.ts';

/** What `kubectl apply` and `helm template` (sigs.k8s.io/yaml 1.6.0) make of each, shown by conversion to JSON. */
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
];

describe('a scalar is read as kubectl and helm read it', () => {
  test.each(AS_KUBECTL)('%s', (text, value) => {
    expect(parseDocument(`a: ${text}\n`, asGoYaml).toJS()).toEqual({ a: value });
  });

  test('<< merges', () => {
    expect(parseDocument('a: &a {b: "1"}\nc: {<<: *a, d: "2"}\n', asGoYaml).toJS()).toEqual({
      a: { b: '1' },
      c: { b: '1', d: '2' },
    });
  });
});
