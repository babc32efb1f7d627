import { withoutAssigned } from './redact-assignments.ts';
import { isHarmless, isSecretName } from './secret-names.ts';

const mark = '[redacted]';
/** Objects in objects in texts: deeper is nothing that anybody reads. */
const deepest = 100;

type Fields = Readonly<Record<string, unknown>>;

/**
 * An object of which the members are known: what is named as a secret is taken out, of a Secret all that it holds, of an
 * entry of a pod's environment the value. Texts that are JSON themselves are gone through as well.
 */
export function withoutSecretMembers(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    return withoutNested(value, depth);
  }
  if (depth > deepest) {
    return mark;
  }
  if (Array.isArray(value)) {
    return afterFlags(value).map((item) => withoutSecretMembers(item, depth + 1));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const fields = value as Fields;
  const { kind } = fields;
  const label = fields['name'] ?? fields['Name'] ?? fields['key'];
  return Object.fromEntries(
    Object.entries(fields).map(([name, member]) => {
      if (kind === 'Secret' && (name === 'data' || name === 'stringData')) {
        return [name, allRedacted(member)];
      }
      const isNamedSo = typeof label === 'string' && /^value$/i.test(name) && isSecretName(label);
      return [
        name,
        isNamedSo || isSecretName(name)
          ? underSecretName(name, member, depth)
          : withoutSecretMembers(member, depth + 1),
      ];
    }),
  );
}

/** A text, or a list of them; an object under such a name has names of its own. */
function underSecretName(name: string, member: unknown, depth: number): unknown {
  if (typeof member === 'string') {
    return isHarmless(name, member) ? member : mark;
  }
  if (typeof member === 'number') {
    return isHarmless(name, String(member)) ? member : mark;
  }
  if (Array.isArray(member)) {
    return member.map((item) => underSecretName(name, item, depth + 1));
  }
  if (typeof member !== 'object' || member === null) {
    return member;
  }
  return Object.fromEntries(
    Object.entries(member).map(([inner, item]) => [
      inner,
      /^(?:values?|data|text|plain|content|current|previous|raw)$/i.test(inner)
        ? underSecretName(name, item, depth + 1)
        : isSecretName(inner)
          ? underSecretName(inner, item, depth + 1)
          : withoutSecretMembers(item, depth + 1),
    ]),
  );
}

/** Of what a Secret holds the names stay. */
function allRedacted(member: unknown): unknown {
  return typeof member === 'object' && member !== null && !Array.isArray(member)
    ? Object.fromEntries(Object.keys(member).map((name) => [name, mark]))
    : mark;
}

/** `--password`, then its value, as arguments are given. */
function afterFlags(items: readonly unknown[]): readonly unknown[] {
  return items.map((item, index) => {
    const before = items[index - 1];
    const isValue = typeof before === 'string' && /^--?[A-Za-z]/.test(before) && isSecretName(before);
    return isValue && typeof item === 'string' && !item.startsWith('--') ? mark : item;
  });
}

function withoutNested(text: string, depth: number): string {
  const parsed = depth < deepest ? parsedJson(text) : undefined;
  return parsed === undefined ? text.split('\n').map(withoutAssigned).join('\n') : written(parsed, text, depth);
}

/** Text that is a JSON object or list; undefined where it is none. */
export function parsedJson(text: string): object | undefined {
  if (!/^\s{0,100}[[{]/.test(text) || !/[\]}]\s{0,100}$/.test(text)) {
    return undefined;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** As it was where nothing had to be taken out, else written anew with its indentation. */
export function written(parsed: object, text: string, depth = 0): string {
  const clean = JSON.stringify(withoutSecretMembers(parsed, depth + 1));
  if (clean === JSON.stringify(parsed)) {
    return text;
  }
  const indent = /\n([ \t]{1,8})\S/.exec(text)?.[1] ?? '';
  const [before = '', after = ''] = [/^\s*/.exec(text)?.[0], /\s*$/.exec(text.slice(-200))?.[0]];
  return `${before}${indent === '' ? clean : JSON.stringify(JSON.parse(clean), null, indent)}${after}`;
}
