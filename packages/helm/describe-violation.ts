import { describedAt, keysAt, type Schema } from './chart-schema.ts';
import type { Violation } from './render.ts';
import { dotted, pathOf } from './value-path.ts';

/** Keys of field charts, and this chart's equivalent. */
const elsewhere: Readonly<Record<string, { readonly at: readonly string[]; readonly way: string }>> = {
  ingestAllowedNamespaces: {
    at: ['networkPolicy', 'ingressControllerNamespace'],
    way: 'only networkPolicy.ingressControllerNamespace is let in here; leave it out',
  },
};

const fewKeys = 12;

/** Explains a violation with its fix, if known. Patterns are unreadable: the schema's description replaces them. */
export function describeViolation(
  { path, message }: Pick<Violation, 'path' | 'message'>,
  schema: Schema | undefined,
): string {
  const [, wanted] = /^got string, want (?:null or )?(integer|number|boolean)\b/.exec(message) ?? [];
  if (wanted !== undefined) {
    const example = wanted === 'boolean' ? 'true' : '10';
    return `it is text, and the chart takes ${wanted === 'boolean' ? 'true or false' : 'a number'}: write it without quotes, e.g. ${example}`;
  }
  const [, given] = /^got (number|integer|boolean), want (?:null or )?string$/.exec(message) ?? [];
  if (given !== undefined) {
    return `it is ${given === 'boolean' ? 'true or false' : 'a number'}, and the chart takes text: write it in quotes`;
  }
  const [, value, pattern = ''] = /^('.*') does not match pattern '(.*)'$/s.exec(message) ?? [];
  if (value !== undefined) {
    const described = schema === undefined ? undefined : describedAt(schema, pathOf(path));
    return `${value} is not ${described ?? `what the chart's pattern for it allows (${pattern})`}`;
  }
  const names = unknownKeys(message);
  if (names.length > 0) {
    return names.map((name) => unknownKey(name, path, schema)).join('; ');
  }
  return message;
}

export function unknownKeys(message: string): readonly string[] {
  const [, list = ''] = /^additional properties (.+) not allowed$/.exec(message) ?? [];
  return [...list.matchAll(/'([^']*)'/g)].map(([, name = '']) => name);
}

function unknownKey(name: string, path: string, schema: Schema | undefined): string {
  const said = `additional properties '${name}' not allowed`;
  if (schema === undefined) {
    return said;
  }
  const other = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
  if (other !== undefined && keysAt(schema, other.at.slice(0, -1)).includes(other.at.at(-1) ?? '')) {
    return `${said}: ${other.way}`;
  }
  const place = pathOf(path);
  const keys = keysAt(schema, place);
  const where = place.length === 0 ? 'the chart' : dotted(place);
  const some = keys.length > 0 && keys.length <= fewKeys ? `; it has ${keys.join(', ')}` : '';
  return `${said}: ${where} has no such key${some}`;
}
