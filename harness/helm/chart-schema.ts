import path from 'node:path';
import { readBoundedText } from '../bounded-file.ts';
import type { ValuePath } from './value-path.ts';

/** A part of a chart's values.schema.json. */
export type Schema = Readonly<Record<string, unknown>>;

/** The schema of a chart that is a folder; undefined for one that has none, or can't be looked into. */
export function schemaOf(chart: string): Schema | undefined {
  try {
    const schema: unknown = JSON.parse(readBoundedText(path.join(chart, 'values.schema.json')));
    return isSchema(schema) ? schema : undefined;
  } catch {
    // Helm itself tells of one that is broken; packed charts and those in a registry have no such file.
    return undefined;
  }
}

/** What the schema says of a place, references followed; undefined where it names none such. */
export function schemaAt(root: Schema, place: ValuePath): Schema | undefined {
  return place.reduce<Schema | undefined>((schema, key) => schema && member(root, schema, key), followed(root, root));
}

/** Names that the schema has for the members of a place. */
export function keysAt(root: Schema, place: ValuePath): readonly string[] {
  const properties = schemaAt(root, place)?.['properties'];
  return isSchema(properties) ? Object.keys(properties).filter((key) => properties[key] !== false) : [];
}

/** What a place is, in the schema's own words. */
export function describedAt(root: Schema, place: ValuePath): string | undefined {
  const description = schemaAt(root, place)?.['description'];
  return typeof description === 'string' ? description : undefined;
}

function member(root: Schema, schema: Schema, key: string): Schema | undefined {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const own = properties[key] ?? (/^\d+$/.test(key) ? schema['items'] : undefined) ?? schema['additionalProperties'];
  return isSchema(own) ? followed(root, own) : undefined;
}

/** Only within the file, as Helm does; a chain that goes in circles ends. */
function followed(root: Schema, schema: Schema, steps = 8): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/') || steps === 0) {
    return schema;
  }
  const target = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (isSchema(value) ? value[key] : undefined), root);
  return isSchema(target) ? followed(root, { ...target, ...without$ref(schema) }, steps - 1) : schema;
}

function without$ref({ $ref: _, ...others }: Schema): Schema {
  return others;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
