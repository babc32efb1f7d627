import { type Folded, placeholder } from '../../sql/expressions/fold.ts';

/** From `at` on, the text comes from `source` in the file; `verbatim`: character by character. */
export interface Segment {
  readonly at: number;
  readonly source: number;
  readonly verbatim: boolean;
}

export interface Text extends Folded {
  readonly segments: readonly Segment[];
}

export function textOf(text: string, source = 0, exact = true): Text {
  return { text, exact, segments: [{ at: 0, source, verbatim: false }] };
}

/** The same unknown keeps its name. */
export function unknownText(id: number, source: number): Text {
  return textOf(`${placeholder}_${id}`, source, false);
}

export function concatenate(parts: readonly Text[]): Text {
  let text = '';
  const segments: Segment[] = [];
  for (const part of parts) {
    segments.push(...part.segments.map((segment) => ({ ...segment, at: segment.at + text.length })));
    text += part.text;
  }
  return { text, exact: parts.every(({ exact }) => exact), segments };
}

export function locateIn({ segments }: Text, offset: number): number {
  const segment = segments.findLast(({ at }) => at <= offset) ?? segments[0];
  if (segment === undefined) {
    return 0;
  }
  return segment.verbatim ? segment.source + offset - segment.at : segment.source;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
};

export function decode(
  raw: string,
  source: number,
  isRaw: boolean,
  isFormat: boolean,
): { text: string; segments: Segment[] } {
  let text = '';
  const segments: Segment[] = [{ at: 0, source, verbatim: true }];
  const pattern = isRaw
    ? /\{\{|\}\}/g
    : /\\(?:\r?\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|N\{[^}]*\}|[\s\S])|\{\{|\}\}/g;
  let last = 0;
  for (const match of raw.matchAll(pattern)) {
    const [found] = match;
    if (found.length === 2 && /^[{}]/.test(found) && !isFormat) {
      continue;
    }
    text += raw.slice(last, match.index) + unescaped(found);
    last = match.index + found.length;
    segments.push({ at: text.length, source: source + last, verbatim: true });
  }
  return { text: text + raw.slice(last), segments };
}

function unescaped(found: string): string {
  if (found === '{{' || found === '}}') return found.charAt(0);
  const rest = found.slice(1);
  if (/^\r?\n$/.test(rest)) return '';
  if (/^[xuU][0-9a-fA-F]+$/.test(rest)) return String.fromCodePoint(Number.parseInt(rest.slice(1), 16));
  if (/^[0-7]+$/.test(rest)) return String.fromCodePoint(Number.parseInt(rest, 8));
  return escapes[rest] ?? found;
}
