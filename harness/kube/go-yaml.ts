import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from 'yaml';

/** Plain scalars by the rules of go-yaml 2, with which kubectl and helm read: neither those of YAML 1.1 nor of 1.2. */
const scalars: readonly ScalarTag[] = [
  scalar('null', /^(?:~|null|Null|NULL)?$/, () => null),
  scalar('bool', /^(?:[yY]|yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
  scalar('bool', /^(?:[nN]|no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
  scalar('int', /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+)$/, integer),
  scalar('float', /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/, (text) => {
    const value = Number(text.replaceAll('_', ''));
    // What is too large for a number stays text, such as a token of digits with one `e` in it.
    return Number.isFinite(value) ? value : text;
  }),
  scalar('float', /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/, () => Number.NaN),
];

/** With a prefix; a mere zero stands for eight. JavaScript's own conversion knows neither that nor a sign before a prefix. */
function integer(text: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  return Number(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits) * (sign === '-' ? -1 : 1);
}

function scalar(name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve: (text) => resolve(text) };
}

/**
 * Reads a manifest, an objects file or values as kubectl and helm do: `0400` is 256 and `yes` is true, which they aren't in YAML 1.2, and `<<` merges.
 * No warning is printed: it quotes the line that it is about, which may hold what is secret.
 */
export const asGoYaml = {
  schema: 'failsafe',
  customTags: [...scalars],
  merge: true,
  logLevel: 'silent',
} as const satisfies DocumentOptions & ParseOptions & SchemaOptions;
