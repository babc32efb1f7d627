import { describe, expect, it } from 'vitest';
import { lintChart } from '../harness/helm/render.ts';
import { CHART, refusedPaths, render, violationsOf } from './testing/chart.ts';
import { HELM } from './testing/helm-program.ts';
import { isGlobal, isMap, isObject, isText, placesOf, readSchema } from './testing/schema.ts';
import { DOCUMENTED_OVERRIDES, MINIMAL_VALUES, REQUIRED_PATHS, withValue } from './testing/values.ts';

const places = placesOf(readSchema(`${CHART}/values.schema.json`));

/** The minimal values with another one at the pointer; `0` in the pointer is the first element of a list. */
function changed(pointer: string, value: unknown) {
  const [list, rest] = pointer.split('/0');
  return rest === undefined
    ? withValue(MINIMAL_VALUES, pointer, value)
    : withValue(MINIMAL_VALUES, list ?? '', [rest === '' ? value : withValue({}, rest, value)]);
}

describe('the documented overrides', () => {
  it('pass helm lint', async () => {
    const output = await lintChart({ helm: HELM, chart: CHART, set: DOCUMENTED_OVERRIDES });
    expect(output).toContain('0 chart(s) failed');
  });

  it('render', async () => {
    const { objects } = await render({}, { set: DOCUMENTED_OVERRIDES });
    expect(objects.length).toBeGreaterThanOrEqual(6);
  });
});

describe('the values as they are shipped', () => {
  it('are refused, naming exactly the fields that an operator must set', async () => {
    expect(await refusedPaths({})).toEqual(REQUIRED_PATHS.toSorted());
  });
});

describe.concurrent('a required value that is missing', () => {
  it.each(REQUIRED_PATHS)('is named when it is blank: %s', async (pointer) => {
    expect(await refusedPaths(changed(pointer, ''))).toEqual([pointer]);
  });

  const named = places.flatMap(({ pointer, schema }) => (schema.required ?? []).map((key) => `${pointer}/${key}`));
  const inValues = named.filter((pointer) => !pointer.includes('/0'));
  it.each(inValues)('is named when it is taken away: %s', async (pointer) => {
    const violations = await violationsOf(withValue(MINIMAL_VALUES, pointer, null));
    const parent = pointer.slice(0, pointer.lastIndexOf('/'));
    const key = pointer.slice(parent.length + 1);
    // For a subchart helm hands the null on; elsewhere it takes the key away.
    const isNamed = violations.some(
      ({ path, message }) => (path === parent && message === `missing property '${key}'`) || path === pointer,
    );
    expect(isNamed, JSON.stringify(violations)).toBe(true);
  });

  it('is named inside a list', async () => {
    expect(await violationsOf(changed('/imagePullSecrets/0', {}))).toEqual([
      { path: '/imagePullSecrets/0', message: "missing property 'name'" },
    ]);
  });
});

describe.concurrent('a key that nobody declared', () => {
  const objects = places.filter((place) => isObject(place) && !isMap(place) && !isGlobal(place));

  it.each(objects.map(({ pointer }) => pointer))('is refused at %j', async (pointer) => {
    const violations = await violationsOf(changed(`${pointer}/bogus`, 'x'));
    expect(violations).toContainEqual({ path: pointer, message: "additional properties 'bogus' not allowed" });
  });

  it('is refused by the subchart itself as well', async () => {
    const input = { chart: `${CHART}/charts/broadcast` };
    expect(await violationsOf({ bogus: 'x' }, input)).toContainEqual({
      path: '',
      message: "additional properties 'bogus' not allowed",
    });
  });

  it.each(['/ingress/annotations', '/serviceAccount/annotations', '/config/extraEnv'])(
    'is refused at %s unless it has the shape of one',
    async (pointer) => {
      expect(await refusedPaths(changed(pointer, { 'not a name!': 'x' }))).toContain(pointer);
    },
  );

  it('is refused in the environment where the chart sets it itself', async () => {
    const pointer = '/config/extraEnv';
    expect(await refusedPaths(changed(pointer, { DATABASE_URL: 'x' }))).toEqual([`${pointer}/DATABASE_URL`]);
    expect(await refusedPaths(changed(pointer, { VAULT_ADDR: 'x' }))).toEqual([`${pointer}/VAULT_ADDR`]);
  });

  it('may name another store than the bundled broadcast only where that is off', async () => {
    const pointer = '/config/extraEnv/BROADCAST_REDIS_URL';
    const values = changed(pointer, 'redis://store.example.com:6379/0');
    expect(await refusedPaths(values)).toEqual([pointer]);
    expect(await refusedPaths(withValue(values, '/broadcast/enabled', false))).toEqual([]);
  });
});

describe.concurrent('a placeholder that was left in', () => {
  const texts = places.filter((place) => isText(place) && !isGlobal(place));

  it.each(texts.map(({ pointer }) => pointer))('is refused at %s', async (pointer) => {
    expect(await refusedPaths(changed(pointer, '<REPLACE: me>'))).toContain(pointer);
  });
});

describe.concurrent('a value of another type', () => {
  const scalars = places.filter(({ pointer, schema }) => pointer !== '' && !isObject({ pointer, schema }));

  it.each(scalars.map(({ pointer }) => pointer))('is refused at %s', async (pointer) => {
    expect(await refusedPaths(changed(pointer, { a: 1 }))).toContain(pointer);
  });

  const objects = places.filter((place) => place.pointer !== '' && isObject(place) && !isGlobal(place));
  const inside = objects.filter(({ pointer }) => pointer !== '/broadcast');
  it.each(inside.map(({ pointer }) => pointer))('is refused at %s', async (pointer) => {
    expect(await refusedPaths(changed(pointer, ['a']))).toContain(pointer);
  });

  it('is refused at /broadcast, by helm itself', async () => {
    await expect(render(changed('/broadcast', ['a']))).rejects.toThrow('type mismatch on broadcast');
  });
});
