import { lintChart } from '@meho/helm/render';
import { describe, expect, it } from 'vitest';
import { CHART, refusedPaths, render, violationsOf } from './testing/chart.ts';
import { HELM } from './testing/helm-program.ts';
import { isGlobal, isMap, isObject, isText, placesOf, readSchema } from './testing/schema.ts';
import { DOCUMENTED_OVERRIDES, MINIMAL_VALUES, REQUIRED_PATHS, withValue } from './testing/values.ts';
import { violationsByChange } from './testing/violations-by-change.ts';

const places = placesOf(readSchema(`${CHART}/values.schema.json`)).filter((place) => !isGlobal(place));
const objects = places.filter(isObject);

describe('the documented overrides', () => {
  it('pass helm lint', async () => {
    const output = await lintChart({ helm: HELM, chart: CHART, set: DOCUMENTED_OVERRIDES });
    expect(output).toContain('0 chart(s) failed');
  });

  it('render', async () => {
    const rendered = await render({}, { set: DOCUMENTED_OVERRIDES });
    expect(rendered.objects.length).toBeGreaterThanOrEqual(6);
  });
});

describe('the values as they are shipped', () => {
  it('are refused, naming exactly the fields that an operator must set', async () => {
    expect(await refusedPaths({})).toEqual(REQUIRED_PATHS.toSorted());
  });
});

describe('a tag of digits', () => {
  it('is refused as a number, as a values file without quotes has it, and taken as a text', async () => {
    expect(await violationsOf(withValue(MINIMAL_VALUES, '/image/tag', 5349))).toEqual([
      { chart: 'meho-chart', path: '/image/tag', message: 'got number, want string' },
    ]);
    for (const tag of ['0012345', '0e12345', '1234567']) {
      const { objects } = await render({}, { set: { ...DOCUMENTED_OVERRIDES, 'image.tag': tag } });
      const images = JSON.stringify(objects).match(/ghcr\.io\/evoila\/meho:[^"]*/g);
      expect(new Set(images)).toEqual(new Set([`ghcr.io/evoila/meho:${tag}`]));
    }
  });
});

describe('a required value that is missing', async () => {
  it.concurrent.each(REQUIRED_PATHS)('is named when it alone is blank: %s', async (pointer) => {
    expect(await refusedPaths(withValue(MINIMAL_VALUES, pointer, ''))).toEqual([pointer]);
  });

  const named = objects.flatMap(({ pointer, schema }) => (schema.required ?? []).map((key) => `${pointer}/${key}`));
  const taken = named.filter((pointer) => !pointer.includes('/0')).map((pointer) => ({ pointer, value: null }));
  it.each(await violationsByChange(taken))('is named when it is taken away: $pointer', ({ violations }) => {
    expect(violations).not.toEqual([]);
  });

  it('is named inside a list', async () => {
    expect(await violationsOf(withValue(MINIMAL_VALUES, '/imagePullSecrets', [{}]))).toEqual([
      { chart: 'meho-chart', path: '/imagePullSecrets/0', message: "missing property 'name'" },
    ]);
  });
});

describe('a key that nobody declared', async () => {
  const typos = objects
    .filter((place) => !isMap(place))
    .map(({ pointer }) => ({ pointer: `${pointer}/bogus`, value: 'x' }));
  it.each(await violationsByChange(typos))('is refused: $pointer', ({ pointer, violations }) => {
    const path = pointer.slice(0, -'/bogus'.length);
    const message = "additional properties 'bogus' not allowed";
    expect(violations).toContainEqual({ chart: 'meho-chart', path, message });
  });

  it('is refused by the subchart itself as well', async () => {
    const input = { chart: `${CHART}/charts/broadcast` };
    expect(await violationsOf({ bogus: 'x' }, input)).toContainEqual({
      chart: 'broadcast',
      path: '',
      message: "additional properties 'bogus' not allowed",
    });
  });

  const maps = objects.filter(isMap).map(({ pointer }) => ({ pointer: `${pointer}/not a name!`, value: 'x' }));
  it.each(await violationsByChange(maps))(
    'is refused where it does not have the shape of one: $pointer',
    ({ violations }) => {
      expect(violations).not.toEqual([]);
    },
  );

  const own = ['DATABASE_URL', 'VAULT_ADDR', 'SSL_CERT_FILE', 'CHART_VERSION'];
  const taken = own.map((name) => ({ pointer: `/config/extraEnv/${name}`, value: 'x' }));
  it.each(await violationsByChange(taken))(
    'is refused where the chart sets it itself: $pointer',
    ({ pointer, violations }) => {
      expect(violations.map(({ path }) => path)).toEqual([pointer]);
    },
  );

  it('may name another store than the bundled broadcast only where that is off', async () => {
    const pointer = '/config/extraEnv/BROADCAST_REDIS_URL';
    const values = withValue(MINIMAL_VALUES, pointer, 'redis://store.example.com:6379/0');
    expect(await refusedPaths(values)).toEqual([pointer]);
    expect(await refusedPaths(withValue(values, '/broadcast/enabled', false))).toEqual([]);
  });
});

describe('a placeholder that was left in', async () => {
  const texts = places.filter(isText).map(({ pointer }) => ({ pointer, value: '<REPLACE: me>' }));
  it.each(await violationsByChange(texts))('is refused: $pointer', ({ violations }) => {
    expect(violations).not.toEqual([]);
  });
});

describe('a value of another type', async () => {
  const scalars = places.filter((place) => !isObject(place)).map(({ pointer }) => ({ pointer, value: { a: 1 } }));
  const inside = objects.filter(({ pointer }) => pointer !== '' && pointer !== '/broadcast');
  const tables = inside.map(({ pointer }) => ({ pointer, value: ['a'] }));
  it.each(await violationsByChange([...scalars, ...tables]))('is refused: $pointer', ({ violations }) => {
    expect(violations).not.toEqual([]);
  });

  it('is refused at /broadcast, by helm itself', async () => {
    await expect(render(withValue(MINIMAL_VALUES, '/broadcast', ['a']))).rejects.toThrow('type mismatch on broadcast');
  });
});
