import { readFileSync } from 'node:fs';
import { isTree, type Values } from './values.ts';

/** What the tests read of a JSON schema, draft-07. */
export interface Schema {
  readonly $schema?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema | false>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** One place in the values that the schema describes. */
export interface Place {
  /** JSON pointer, e.g. `/image/tag`; the empty string is the root. Inside a list: `/connectors/enabled/0`. */
  readonly pointer: string;
  readonly schema: Schema;
}

/** The schema in a file, with every reference to its definitions replaced by what it stands for. */
export function readSchema(file: string): Schema {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isTree(parsed)) {
    throw new Error(`${file} does not hold a schema`);
  }
  const { definitions, ...root } = parsed;
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(resolved);
    }
    if (!isTree(value)) {
      return value;
    }
    if (typeof value['$ref'] !== 'string') {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
    }
    const target = isTree(definitions) ? definitions[value['$ref'].replace('#/definitions/', '')] : undefined;
    if (target === undefined) {
      throw new Error(`${file}: ${value['$ref']} is not among its definitions`);
    }
    return resolved(target);
  };
  return resolved(root) as Schema;
}

/** Every place that the schema describes, the root first. */
export function placesOf(schema: Schema, pointer = ''): readonly Place[] {
  return [
    { pointer, schema },
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
      inner === false ? [] : placesOf(inner, `${pointer}/${name}`),
    ),
    ...(schema.items === undefined ? [] : placesOf(schema.items, `${pointer}/0`)),
  ];
}

export const isObject = ({ schema }: Place): boolean => schema.type === 'object';

/** An object whose keys the operator chooses (annotations, environment) rather than the chart. */
export const isMap = ({ schema }: Place): boolean => schema.patternProperties !== undefined;

/** Helm's own `global` object, which no schema may close: helm injects it into subcharts. */
export const isGlobal = ({ pointer }: Place): boolean => pointer.endsWith('/global');

export const isText = ({ schema }: Place): boolean =>
  schema.type === 'string' || (schema.enum?.every((value) => typeof value === 'string') ?? false);

/** Pointers of objects that take keys nobody declared: typos would pass there. */
export function openObjects(root: Schema): readonly string[] {
  return placesOf(root)
    .filter((place) => isObject(place) && !isGlobal(place))
    .filter(({ schema }) => schema.additionalProperties !== false)
    .map(({ pointer }) => pointer);
}

/** Pointers of every value in the tree, objects included; lists count as one value. */
export function pointersOf(values: Values, pointer = ''): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const here = `${pointer}/${key}`;
    return isTree(value) ? [here, ...pointersOf(value, here)] : [here];
  });
}
