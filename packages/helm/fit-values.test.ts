import { describe, expect, test } from 'vitest';
import { applyFit, nextFit, placeOf, refusedValues, unchangedFit } from './fit-values.ts';
import { ValuesError } from './render.ts';
import { leavesOf } from './value-path.ts';

const sets = {
  image: { repository: 'r', tag: 't' },
  trustBundle: { configMapName: 'lab-ca' },
  broadcast: { image: { repository: 'v', tag: '9' } },
  config: { ttl: 2 },
  extraEnv: [{ name: 'A' }],
};
const refused = (path: string, message: string, chart?: string) =>
  refusedValues({ path, message, ...(chart === undefined ? {} : { chart }) }, 'x-chart', sets).map((each) =>
    each.join('.'),
  );

describe('what a refusal is about, as Helm words it', () => {
  test('keys that a table has no place for', () => {
    expect(refused('', "additional properties 'trustBundle', 'users' not allowed")).toEqual([
      'trustBundle.configMapName',
    ]);
    expect(refused('/image', "additional properties 'tag' not allowed")).toEqual(['image.tag']);
    expect(refused('', "invalid propertyName 'extraEnv'")).toEqual(['extraEnv']);
  });

  test('a value itself, an item of a list, and whatever is in a table that is forbidden', () => {
    expect(refused('/config/ttl', 'got number, want string')).toEqual(['config.ttl']);
    expect(refused('/extraEnv/0', "additional properties 'name' not allowed")).toEqual(['extraEnv']);
    expect(refused('/broadcast', 'false schema')).toEqual(['broadcast.image.repository', 'broadcast.image.tag']);
  });

  test('of a subchart by its own values', () => {
    expect(refused('/image', 'false schema', 'broadcast')).toEqual([
      'broadcast.image.repository',
      'broadcast.image.tag',
    ]);
    expect(placeOf({ path: '/image', message: '', chart: 'x-chart' }, 'x-chart', sets)).toEqual(['image']);
  });

  test('nothing that was given, where something is missing or is another’s', () => {
    expect(refused('', "missing property 'image'")).toEqual([]);
    expect(refused('', "additional properties 'users' not allowed")).toEqual([]);
    expect(refused('/vault/address', 'minLength: got 0, want 1')).toEqual([]);
  });
});

describe('a fit', () => {
  const step = (message: string, path: string, fit = unchangedFit) =>
    nextFit(new ValuesError('chart', [{ path, message }]), 'x-chart', sets, fit);

  test('tries a number as text first, and leaves it out when that is refused as well', () => {
    const asText = step('got number, want string', '/config/ttl');
    expect(asText).toEqual({ leftOut: [], asText: [['config', 'ttl']] });
    expect(applyFit(sets, asText ?? unchangedFit)).toMatchObject({ config: { ttl: '2' } });
    const out = step("'2' does not match pattern '^x'", '/config/ttl', asText);
    expect(applyFit(sets, out ?? unchangedFit)).not.toHaveProperty('config');
  });

  test('is none where nothing of the values is refused', () => {
    expect(step("missing property 'image'", '')).toBeUndefined();
  });

  test('leaves everything else as it is', () => {
    const values = applyFit(sets, { leftOut: [['trustBundle'], ['broadcast', 'image', 'tag']], asText: [] });
    expect(leavesOf(values).map((each) => each.join('.'))).toEqual([
      'image.repository',
      'image.tag',
      'broadcast.image.repository',
      'config.ttl',
      'extraEnv',
    ]);
  });
});
