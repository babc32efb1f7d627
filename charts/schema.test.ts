import { readFileSync } from 'node:fs';
import { isTable } from '@meho/helm/value-path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  isGlobal,
  isObject,
  isText,
  openObjects,
  placesOf,
  pointersOf,
  readSchema,
  type Schema,
} from './testing/schema.ts';
import { type Values, valueAt, withValue } from './testing/values.ts';

const umbrella = new URL('meho/', import.meta.url).pathname;
const broadcast = new URL('meho/charts/broadcast/', import.meta.url).pathname;

const readValues = (folder: string): Values => {
  const values: unknown = parse(readFileSync(`${folder}values.yaml`, 'utf8'));
  return isTable(values) ? values : {};
};

describe.each([
  ['umbrella', umbrella],
  ['broadcast', broadcast],
])('schema of the %s chart', (_name, folder) => {
  const schema = readSchema(`${folder}values.schema.json`);
  const places = placesOf(schema);
  const shipped = readValues(folder);

  it('is draft-07', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    const ajv = new Ajv({ strict: false, validateFormats: false });
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  it('is closed at every level', () => {
    expect(openObjects(schema)).toEqual([]);
  });

  it('gives every text a shape', () => {
    const shapeless = places
      .filter((place) => isText(place) && place.schema.enum === undefined)
      .filter(({ schema }) => !('pattern' in schema))
      .map(({ pointer }) => pointer);
    expect(shapeless).toEqual([]);
  });

  it('says of every key what it is for', () => {
    const silent = places.filter(({ pointer, schema }) => pointer !== '' && (schema.description ?? '').length < 5);
    expect(silent.map(({ pointer }) => pointer)).toEqual([]);
  });

  it('declares what values.yaml has, and nothing but Helm’s own beside it', () => {
    const declared = new Set(places.map(({ pointer }) => pointer));
    const undeclared = pointersOf(shipped).filter((pointer) => !declared.has(pointer));
    expect(undeclared).toEqual([]);

    const fromHelm = /\/global$|^\/enabled$/;
    const ofTheSubchart = /^\/broadcast\/(?!enabled$|service)/;
    const ofKubernetes =
      /ephemeral-storage$|\/probes\/[a-z]+\/(httpGet\/(scheme|httpHeaders)|successThreshold|terminationGracePeriodSeconds)$/;
    const mayBeBlank = (pointer: string) =>
      [...pointer.matchAll(/\/[^/]+/g)].some(({ index }) => {
        const above = valueAt(shipped, pointer.slice(0, index));
        return index > 0 && isTable(above) && Object.keys(above).length === 0;
      });
    const isAside = (pointer: string) =>
      [fromHelm, ofTheSubchart, ofKubernetes, /ecurityContext\//].some((pattern) => pattern.test(pointer));
    const unshown = places
      .filter(({ pointer }) => pointer !== '' && !pointer.includes('/0'))
      .map(({ pointer }) => pointer)
      .filter((pointer) => valueAt(shipped, pointer) === undefined)
      .filter((pointer) => !isAside(pointer) && !mayBeBlank(pointer));
    expect(unshown).toEqual([]);
  });
});

describe('openObjects', () => {
  const schema = readSchema(`${umbrella}values.schema.json`);
  const closed = placesOf(schema).filter((place) => isObject(place) && !isGlobal(place));

  // What lies deeper in lists is Kubernetes' own, and would be a second of looking at the same thing.
  const some = closed.map(({ pointer }) => pointer).filter((pointer) => !pointer.includes('/0/'));
  it.each(some)('reports %j when it is opened', (pointer) => {
    expect(openObjects(openSchema(schema, pointer))).toContain(pointer);
  });
});

describe('umbrella and broadcast', () => {
  it('agree on the broadcast’s values', () => {
    const inner = placesOf(readSchema(`${broadcast}values.schema.json`));
    const outer = placesOf(readSchema(`${umbrella}values.schema.json`));
    const letBy = readSchema(`${broadcast}values.schema.json`).properties ?? {};
    const others = Object.keys(letBy).filter((key) => letBy[key] === true);
    const ofUmbrella = readSchema(`${umbrella}values.schema.json`).properties ?? {};
    expect(others).toEqual(Object.keys(ofUmbrella).filter((key) => !(key in letBy) || letBy[key] === true));
    for (const { pointer, schema } of inner.filter((place) => place.pointer !== '')) {
      const { required: _required, ...shape } =
        outer.find((place) => place.pointer === `/broadcast${pointer}`)?.schema ?? {};
      const { required, ...expected } = withoutUmbrellas(schema);
      expect(shape, pointer).toEqual(expected);
    }
  });
});

/** `helm lint --with-subcharts` gives every chart the umbrella's values: the broadcast lets them by, and nothing else. */
function withoutUmbrellas(schema: Schema): Schema {
  const kept = Object.entries(schema.properties ?? {}).filter(([, inner]) => inner !== true);
  return schema.properties === undefined ? schema : { ...schema, properties: Object.fromEntries(kept) };
}

function openSchema(schema: Schema, pointer: string): Schema {
  const inSchema = pointer.replaceAll(/\/([^/]+)/g, (_, key: string) =>
    key === '0' ? '/items' : `/properties/${key}`,
  );
  return withValue(schema as Values, `${inSchema}/additionalProperties`, true) as Schema;
}
