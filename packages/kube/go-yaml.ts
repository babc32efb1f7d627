import {
  type DocumentOptions,
  isAlias,
  isMap,
  isSeq,
  type Node,
  type ParseOptions,
  parseDocument,
  Scalar,
  type ScalarTag,
  type SchemaOptions,
} from 'yaml';

/** As in go-yaml 2, used by kubectl and helm: neither YAML 1.1 nor 1.2. */
const scalars: readonly ScalarTag[] = [
  scalar('null', /^(?:~|null|Null|NULL)?$/, () => null),
  scalar('bool', /^(?:[yY]|yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
  scalar('bool', /^(?:[nN]|no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
  scalar('int', /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+)$/, integer),
  scalar('int', /^[-+]?[0-9][0-9_]*$/, number),
  scalar('float', /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9_]+)?$/, number),
  {
    ...scalar('float', /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/, () => Number.NaN),
    // As JSON, into which both turn what they read.
    resolve: (text, onError) => onError(`${text} is no number that kubectl and helm take`),
  },
  {
    tag: 'tag:yaml.org,2002:binary',
    resolve: (text, onError) =>
      /^[A-Za-z0-9+/\s]*[=\s]*$/.test(text)
        ? Buffer.from(text, 'base64').toString('utf8')
        : onError('!!binary takes base64'),
  },
];

/** Too large for a number, it stays text: e.g. a token of digits with one `e`. */
function number(text: string): number | string {
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : text;
}

/** A leading zero is octal; `Number()` knows neither that nor a sign before a prefix. */
function integer(text: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  return Number(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits) * (sign === '-' ? -1 : 1);
}

function scalar(name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve: (text) => resolve(text) };
}

type ToJSMap = NonNullable<Node['addToJSMap']>;
type Context = Parameters<ToJSMap>[0];

/**
 * In go-yaml the order of lines counts: `<<` overrides what stands above it. YAML's merge key overrides nothing that the
 * mapping says itself.
 */
const merge: ScalarTag = {
  tag: 'tag:yaml.org,2002:merge',
  default: 'key',
  test: /^<<$/,
  identify: (value) => typeof value === 'symbol' && value.description === '<<',
  resolve: () => Object.assign(new Scalar(Symbol('<<')), { addToJSMap: mergeInto }),
  stringify: () => '<<',
};

const mergeInto: ToJSMap = (context, into, value) => {
  const merged = resolved(context, value);
  // Of several the first wins.
  for (const source of isSeq(merged) ? merged.items.toReversed() : [merged]) {
    const from = resolved(context, source);
    if (!isMap(from)) {
      throw new Error('a merge key (<<) takes a mapping or a list of mappings');
    }
    for (const [key, each] of from.toJSON(null, context, Map<unknown, unknown>)) {
      set(into, key, each);
    }
  }
};

function resolved(context: Context, value: unknown): unknown {
  return context !== undefined && isAlias(value) ? value.resolve(context.doc, context) : value;
}

function set(into: Parameters<ToJSMap>[1], key: unknown, value: unknown): void {
  if (into instanceof Map) {
    into.set(key, value);
  } else if (into instanceof Set) {
    into.add(key);
  } else {
    // Also of a key called `__proto__`.
    Object.defineProperty(into, String(key), { value, writable: true, enumerable: true, configurable: true });
  }
}

/**
 * Reads as kubectl and helm do, unlike YAML 1.2: `0400` is 256, `yes` is true, `<<` merges and overrides what stands above
 * it, and the last of equal keys counts. Prints no warnings, which may quote secrets.
 */
export const asGoYaml = {
  schema: 'failsafe',
  customTags: [...scalars, merge],
  // Of equal keys the last counts; looking for them takes minutes where there are many.
  uniqueKeys: false,
  logLevel: 'silent',
} as const satisfies DocumentOptions & ParseOptions & SchemaOptions;

/** Of one document; undefined or null of none. @throws YAMLParseError, which may quote the text */
export function readGoYaml(text: string): unknown {
  const document = parseDocument(text, asGoYaml);
  const [error] = document.errors;
  if (error !== undefined) {
    throw error;
  }
  return document.toJS();
}
