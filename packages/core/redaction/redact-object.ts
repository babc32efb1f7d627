import { isHarmless, isSecretName } from './secret-names.ts';

const mark = '[redacted]';
/** Nobody reads deeper nesting. */
const deepest = 100;

/** What is done with texts in it. */
export type InText = (text: string, depth: number) => string;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Redacts values with secret names, everything in Secrets, and secret variables of containers, even in texts that are
 * JSON.
 */
export function redactFields(value: unknown, inText: InText, depth: number): unknown {
  if (typeof value === 'string') {
    return inText(value, depth);
  }
  if (depth > deepest) {
    return mark;
  }
  if (Array.isArray(value)) {
    return afterFlags(value).map((item) => redactFields(item, inText, depth + 1));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const fields = value as Fields;
  const { kind } = fields;
  const label = fields['name'] ?? fields['Name'] ?? fields['key'];
  const clean: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(fields)) {
    const isData = kind === 'Secret' && (name === 'data' || name === 'stringData');
    const isNamedSo = typeof label === 'string' && /^value$/i.test(name) && isSecretName(label);
    setOwn(
      clean,
      name,
      isData
        ? allRedacted(member)
        : isNamedSo || isSecretName(name)
          ? underSecretName(name, member, inText, depth)
          : redactFields(member, inText, depth + 1),
    );
  }
  return clean;
}

/** `__proto__` is a name like others in JSON. */
function setOwn(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    fields[name] = value;
  }
}

function underSecretName(name: string, member: unknown, inText: InText, depth: number): unknown {
  if (typeof member === 'string') {
    return isHarmless(name, member) ? member : mark;
  }
  if (typeof member === 'number') {
    return isHarmless(name, String(member)) ? member : mark;
  }
  if (Array.isArray(member)) {
    return member.map((item) => underSecretName(name, item, inText, depth + 1));
  }
  if (typeof member !== 'object' || member === null) {
    return member;
  }
  return Object.fromEntries(
    Object.entries(member).map(([inner, item]) => [
      inner,
      /^(?:values?|data|text|plain|content|current|previous|raw)$/i.test(inner)
        ? underSecretName(name, item, inText, depth + 1)
        : isSecretName(inner)
          ? underSecretName(inner, item, inText, depth + 1)
          : redactFields(item, inText, depth + 1),
    ]),
  );
}

/** Keeps the names of a Secret's members. */
function allRedacted(member: unknown): unknown {
  return typeof member === 'object' && member !== null && !Array.isArray(member)
    ? Object.fromEntries(Object.keys(member).map((name) => [name, mark]))
    : mark;
}

/** Redacts the value that follows a flag such as `--password`. */
function afterFlags(items: readonly unknown[]): readonly unknown[] {
  return items.map((item, index) => {
    const before = items[index - 1];
    const isValue = typeof before === 'string' && /^--?[A-Za-z]/.test(before) && isSecretName(before);
    return isValue && typeof item === 'string' && !item.startsWith('--') ? mark : item;
  });
}

/** Returns undefined unless the text is a JSON object or list. */
export function parseJson(text: string): object | undefined {
  // A failing parser is slow: `[redacted]` begins like a list, and is none.
  if (!/^\s{0,100}(?:\{\s{0,100}["}]|\[\s{0,100}[\]"{[\dtfn-])/.test(text) || !/[\]}]\s{0,100}$/.test(text)) {
    return undefined;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the text unchanged if nothing was redacted, or else rewrites it with the same indentation. */
export function rewriteJson(parsed: object, text: string, inText: InText, depth: number): string {
  const clean = redactFields(parsed, inText, depth + 1);
  const written = JSON.stringify(clean);
  if (written === JSON.stringify(parsed)) {
    return text;
  }
  const indent = /\n([ \t]{1,8})\S/.exec(text)?.[1] ?? '';
  const [before = '', after = ''] = [/^\s*/.exec(text)?.[0], /\s*$/.exec(text.slice(-200))?.[0]];
  return `${before}${indent === '' ? written : JSON.stringify(clean, null, indent)}${after}`;
}
