import path from 'node:path';
import { readBoundedText } from '@meho/core/bounded-file';
import type { ValuePath } from './value-path.ts';

export type Schema = Readonly<Record<string, unknown>>;

/** Undefined if there is none, or it can't be read. */
export function schemaOf(chart: string): Schema | undefined {
  try {
    const schema: unknown = JSON.parse(readBoundedText(path.join(chart, 'values.schema.json')));
    return isSchema(schema) ? schema : undefined;
  } catch {
    // Helm reports a broken one; packed and registry charts have no such file.
    return undefined;
  }
}

/** Follows references; undefined if the schema doesn't name the place. */
export function schemaAt(root: Schema, place: ValuePath): Schema | undefined {
  return place.reduce<Schema | undefined>(
    (schema, key) => schema && member(root, schema, key),
    followReferences(root, root),
  );
}

export function keysAt(root: Schema, place: ValuePath): readonly string[] {
  const properties = schemaAt(root, place)?.['properties'];
  return isSchema(properties) ? Object.keys(properties).filter((key) => properties[key] !== false) : [];
}

export function describedAt(root: Schema, place: ValuePath): string | undefined {
  const description = schemaAt(root, place)?.['description'];
  return typeof description === 'string' ? description : undefined;
}

function member(root: Schema, schema: Schema, key: string): Schema | undefined {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const own = properties[key] ?? (/^\d+$/.test(key) ? schema['items'] : undefined) ?? schema['additionalProperties'];
  return isSchema(own) ? followReferences(root, own) : undefined;
}

/** Only within the file, like Helm; bounded against cycles. What stands beside a reference describes the key, not its shape. */
function followReferences(root: Schema, schema: Schema, steps = 8): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/') || steps === 0) {
    return schema;
  }
  const target = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (isSchema(value) ? value[key] : undefined), root);
  return isSchema(target) ? followReferences(root, { ...without$ref(schema), ...target }, steps - 1) : schema;
}

function without$ref({ $ref: _, ...others }: Schema): Schema {
  return others;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
