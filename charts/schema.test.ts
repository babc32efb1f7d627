import { readFileSync } from 'node:fs';
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
import { isTree, type Values, valueAt, withValue } from './testing/values.ts';

const umbrella = new URL('meho/', import.meta.url).pathname;
const broadcast = new URL('meho/charts/broadcast/', import.meta.url).pathname;

const readValues = (folder: string): Values => {
  const values: unknown = parse(readFileSync(`${folder}values.yaml`, 'utf8'));
  return isTree(values) ? values : {};
};

describe.each([
  ['umbrella', umbrella],
  ['broadcast', broadcast],
])('schema of the %s chart', (_name, folder) => {
  const schema = readSchema(`${folder}values.schema.json`);
  const places = placesOf(schema);

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

  it('declares what values.yaml has, and nothing but Helm’s own beside it', () => {
    const declared = new Set(places.map(({ pointer }) => pointer));
    const undeclared = pointersOf(readValues(folder)).filter((pointer) => !declared.has(pointer));
    expect(undeclared).toEqual([]);

    const fromHelm = /\/global$|^\/enabled$|^\/broadcast\/(image|imagePullSecrets|resources)(\/|$)|ephemeral-storage$/;
    const unshown = places
      .filter(({ pointer }) => pointer !== '' && !pointer.includes('/0'))
      .map(({ pointer }) => pointer)
      .filter((pointer) => valueAt(readValues(folder), pointer) === undefined && !fromHelm.test(pointer));
    expect(unshown).toEqual([]);
  });
});

describe('openObjects', () => {
  const schema = readSchema(`${umbrella}values.schema.json`);
  const closed = placesOf(schema).filter((place) => isObject(place) && !isGlobal(place));

  it.each(closed.map(({ pointer }) => pointer))('reports %j when it is opened', (pointer) => {
    expect(openObjects(opened(schema, pointer))).toContain(pointer);
  });
});

describe('umbrella and broadcast', () => {
  it('agree on the broadcast’s values', () => {
    const inner = placesOf(readSchema(`${broadcast}values.schema.json`));
    const outer = placesOf(readSchema(`${umbrella}values.schema.json`));
    for (const { pointer, schema } of inner.filter((place) => place.pointer !== '')) {
      const { required: _required, ...shape } =
        outer.find((place) => place.pointer === `/broadcast${pointer}`)?.schema ?? {};
      const { required, ...expected } = schema;
      expect(shape, pointer).toEqual(expected);
    }
  });
});

/** A copy of the schema that takes unknown keys at the pointer. */
function opened(schema: Schema, pointer: string): Schema {
  const inSchema = pointer.replaceAll(/\/([^/]+)/g, (_, key: string) =>
    key === '0' ? '/items' : `/properties/${key}`,
  );
  return withValue(schema as Values, `${inSchema}/additionalProperties`, true) as Schema;
}
