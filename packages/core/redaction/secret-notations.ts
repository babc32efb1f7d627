import { once } from '../wait/once.ts';

/** A longer secret is a token or a key, of which the pieces are known. */
const longest = 128;
const shortest = 6;
/** Shorter base64 may be a word. */
const shortestBase64 = 12;

/** What a text has that writes characters in another way, or breaks base64 into lines. */
const escapes = /%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\\/|&#?\w{2,6};/i;
const breaks = /[A-Za-z0-9+/]{8}(?:\r?\n|\\{1,8}n)[ \t]*[A-Za-z0-9+/]/;

const entities = new Map([
  ['"', '&quot;'],
  ["'", '&apos;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);
const blanks = '(?:\\s|\\\\{1,8}n)+';

/** A secret in notations that no single encoder gives: some characters escaped, folded by YAML, base64 over lines. */
export class SecretNotations {
  readonly #escaped: () => RegExp;
  readonly #folded: RegExp | undefined;
  readonly #broken: () => readonly RegExp[];

  constructor(secret: string, base64: readonly string[]) {
    const isKept = secret.length >= shortest && secret.length <= longest;
    const words = secret.split(/\s+/);
    this.#escaped = once(() => (isKept ? new RegExp(Array.from(secret, anyNotation).join(''), 'gu') : /(?!)/g));
    this.#folded = isKept && words.length > 1 ? new RegExp(words.map(literal).join(blanks), 'g') : undefined;
    this.#broken = once(() =>
      base64
        .filter((form) => form.length >= shortestBase64 && form.length <= 2 * longest)
        .map((form) => new RegExp(Array.from(form, literal).join('(?:\\s|\\\\{1,8}[nr])*'), 'g')),
    );
  }

  /** Those that the text may hold. */
  in(text: string): readonly RegExp[] {
    return [
      ...(this.#folded === undefined ? [] : [this.#folded]),
      ...(escapes.test(text) ? [this.#escaped()] : []),
      ...(breaks.test(text) ? this.#broken() : []),
    ];
  }
}

function anyNotation(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const bytes = Array.from(Buffer.from(char), (byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`);
  const units = Array.from(
    { length: char.length },
    (_, at) => `\\\\{1,8}u${anyCase(char.charCodeAt(at).toString(16).padStart(4, '0'))}`,
  );
  const entity = entities.get(char);
  const others = [
    bytes.join(''),
    units.join(''),
    `&#0*${code};`,
    `&#[xX]0*${anyCase(code.toString(16))};`,
    ...(entity === undefined ? [] : [entity]),
    ...(char === ' ' ? ['\\+'] : []),
    ...('/"\\'.includes(char) ? [`\\\\{1,8}${literal(char)}`] : []),
  ];
  return `(?:${literal(char)}|${others.join('|')})`;
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
