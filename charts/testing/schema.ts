import { readFileSync } from 'node:fs';
import { isTable } from '@meho/helm/value-path';
import type { Values } from './values.ts';

export interface Schema {
  readonly $schema?: string;
  readonly type?: string | readonly string[];
  /** True: of no concern to this chart. */
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly description?: string;
}

export interface Place {
  /** JSON pointer, e.g. `/image/tag`, `/connectors/enabled/0`; empty for the root. */
  readonly pointer: string;
  readonly schema: Schema;
}

/** Resolves references; what stands beside one (a description of the key) wins over what it leads to. */
export function readSchema(file: string): Schema {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isTable(parsed)) {
    throw new Error(`${file} does not hold a schema`);
  }
  const { definitions, ...root } = parsed;
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(resolved);
    }
    if (!isTable(value)) {
      return value;
    }
    if (typeof value['$ref'] !== 'string') {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
    }
    const target = isTable(definitions) ? definitions[value['$ref'].replace('#/definitions/', '')] : undefined;
    if (target === undefined) {
      throw new Error(`${file}: ${value['$ref']} is not among its definitions`);
    }
    const { $ref: _, ...beside } = value;
    return { ...(resolved(target) as Schema), ...beside };
  };
  return resolved(root) as Schema;
}

/** Root first. */
export function placesOf(schema: Schema, pointer = ''): readonly Place[] {
  return [
    { pointer, schema },
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
      typeof inner === 'boolean' ? [] : placesOf(inner, `${pointer}/${name}`),
    ),
    ...(schema.items === undefined ? [] : placesOf(schema.items, `${pointer}/0`)),
  ];
}

export const isObject = ({ schema }: Place): boolean => schema.type === 'object';

/** Keys are the operator's, e.g. annotations. */
export const isMap = ({ schema }: Place): boolean => schema.patternProperties !== undefined;

/** Helm injects `global` into subcharts, so no schema may close it. */
export const isGlobal = ({ pointer }: Place): boolean => pointer.endsWith('/global');

export const isText = ({ schema }: Place): boolean =>
  schema.type === 'string' || (schema.enum?.every((value) => typeof value === 'string') ?? false);

/** Objects where typos would pass. */
export function openObjects(root: Schema): readonly string[] {
  return placesOf(root)
    .filter((place) => isObject(place) && !isGlobal(place))
    .filter(({ schema }) => schema.additionalProperties !== false)
    .map(({ pointer }) => pointer);
}

/** Includes objects; lists count as one value. */
export function pointersOf(values: Values, pointer = ''): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const here = `${pointer}/${key}`;
    return isTable(value) ? [here, ...pointersOf(value, here)] : [here];
  });
}
