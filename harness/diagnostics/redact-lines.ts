import { withoutAssigned } from './redact-assignments.ts';
import { parsedJson, written } from './redact-object.ts';
import { isHarmless, isSecretName, mayTell } from './secret-names.ts';

const mark = '[redacted]';
/** `name: value` as YAML, pretty JSON, `kubectl describe` and files of variables have it. */
const keyLine =
  /^([ \t]*(?:- +)*(?:export +)?)(["']?)([A-Za-z_.$/][\w.$/ -]{0,127}?)\2([ \t]{0,4}[:=](?:[ \t]+|$)|=)(.*)$/;
/** How far from a name its value may be in an entry of a pod's environment. */
const nearest = 12;

interface Key {
  readonly column: number;
  readonly start: number;
  readonly name: string;
  readonly value: string;
  /** The line up to the value. */
  readonly before: string;
  readonly separator: string;
}

/** Kept of what lines are: those around one are looked at again and again. */
const recent = 64;

/** Lines, and what they are as `name: value`: found out for those alone that are looked at. */
class Lines {
  readonly all: readonly string[];
  readonly #recent: ({ readonly at: number; readonly key: Key | undefined } | undefined)[] = [];

  constructor(text: string) {
    this.all = text.split('\n');
  }

  key(at: number): Key | undefined {
    const known = this.#recent[at % recent];
    if (known?.at === at) {
      return known.key;
    }
    const line = this.all[at];
    const key = line === undefined ? undefined : keyOf(line);
    if (at >= 0) {
      this.#recent[at % recent] = { at, key };
    }
    return key;
  }
}

/**
 * Takes secrets out of text by its lines, with as much of their structure as can be told without a parser: what comes
 * from a log or was cut off is often no document, and a parser of YAML takes ten seconds for 10 MB.
 */
export function withoutNamedInLines(text: string): string {
  // Most texts hold no such name at all, and most lines of the others.
  if (!mayTell(text)) {
    return text;
  }
  const lines = new Lines(text);
  const { all } = lines;
  const telling = all.map(mayTell);
  const values = new Set(pairedValues(lines, telling));
  const anchors = new Set<string>();
  const isInSecret = inSecrets(all, telling);
  const clean: string[] = [];
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at] ?? '';
    if (telling[at] !== true && !values.has(at) && !isInSecret(at)) {
      clean.push(line);
      continue;
    }
    const key = lines.key(at);
    if (
      /^\s*- --?[A-Za-z][\w-]*\s*$/.test(line) &&
      isSecretName(line.trim().slice(2)) &&
      /^\s*- /.test(all[at + 1] ?? '')
    ) {
      clean.push(line, (all[at + 1] ?? '').replace(/- .*$/, `- ${mark}`));
      at += 1;
      continue;
    }
    const isData = key !== undefined && isInSecret(at) && /^(?:data|stringData)$/.test(key.name);
    const isSecret =
      key !== undefined && (values.has(at) || (isSecretName(key.name) && !isReferenceBlock(key, lines.key(at + 1))));
    if (key === undefined || !(isData || isSecret)) {
      const parsed = parsedJson(line);
      clean.push(parsed === undefined ? withoutAssigned(line) : written(parsed, line));
      continue;
    }
    const alias = /^\*([^\s,\]}]+)/.exec(key.value)?.[1];
    if (alias !== undefined) {
      anchors.add(alias);
    }
    const end = endOfBlock(all, at, key);
    for (const kept of isData ? dataOf(lines, key, at, end) : withoutValue(line, key, at, end)) {
      clean.push(kept);
    }
    at = end - 1;
  }
  return withoutAnchored(clean, anchors).join('\n');
}

function keyOf(line: string): Key | undefined {
  const found = keyLine.exec(line.length > 100_000 ? line.slice(0, 100_000) : line);
  if (found === null) {
    return undefined;
  }
  const [, indent = '', quote = '', name = '', separator = ''] = found;
  const before = `${indent}${quote}${name}${quote}${separator}`;
  return {
    column: indent.length,
    start: /^[ \t]*/.exec(line)?.[0].length ?? 0,
    name,
    value: line.slice(before.length),
    before,
    separator,
  };
}

/** Lines with the value of an entry whose name tells of a secret. */
function* pairedValues(lines: Lines, telling: readonly boolean[]): Generator<number> {
  for (const [at, tells] of telling.entries()) {
    const key = tells && /^[ \t]*(?:- +)*["']?(?:name|key)\b/i.test(lines.all[at] ?? '') ? lines.key(at) : undefined;
    if (
      key === undefined ||
      !/^(?:name|key)$/i.test(key.name) ||
      !isSecretName(key.value.replace(/[",']/g, '').trim())
    ) {
      continue;
    }
    for (const step of [1, -1]) {
      for (let other = at + step; Math.abs(other - at) <= nearest; other += step) {
        const next = lines.key(other);
        // A dash begins an entry: the next one's belongs to another, our own ends the way back.
        if (
          next === undefined
            ? false
            : next.column < key.column || (step > 0 && next.start < next.column && next.column === key.column)
        ) {
          break;
        }
        if (next?.column === key.column && /^value$/i.test(next.name)) {
          yield other;
        }
        const behind = lines.key(other + 1);
        if (step < 0 && (behind?.start ?? 0) < (behind?.column ?? 0)) {
          break;
        }
        if (step < 0 && next !== undefined && next.start < next.column) {
          break;
        }
      }
    }
  }
}

/** Whether a line is in a document of which one object is a Secret. */
function inSecrets(lines: readonly string[], telling: readonly boolean[]): (at: number) => boolean {
  let document = 0;
  const documents = new Uint32Array(lines.length);
  const secret = new Set<number>();
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('---')) {
      document += 1;
    }
    documents[at] = document;
    if (telling[at] === true && /^[\s{-]*["']?kind["']?:\s*["']?Secret(?:List)?["']?,?\s*$/.test(line)) {
      secret.add(document);
    }
  }
  return (at) => secret.size > 0 && secret.has(documents[at] ?? 0);
}

/** Under a name such as `secret` or `credentials` there may be an object with names of its own. */
function isReferenceBlock(key: Key, next: Key | undefined): boolean {
  const opens = /^(?:|[{[]|&\S+)$/.test(key.value.trim()) && key.separator.trim() === ':';
  return (
    opens &&
    next !== undefined &&
    next.column > key.start &&
    !/^(?:values?|data|text|plain|content|current|previous|raw)$/i.test(next.name)
  );
}

/** The line behind all that belongs to a key: what is indented deeper, and a quoted value until it is closed. */
function endOfBlock(lines: readonly string[], at: number, { start, column, value, separator }: Key): number {
  const opened = value.trim();
  let end = at + 1;
  const quote = /^(?:&\S+ )?(?:!\S+ )?(["'])/.exec(opened)?.[1];
  if (quote !== undefined && !new RegExp(`${quote}[^${quote}]*$`).test(opened.slice(opened.indexOf(quote) + 1))) {
    while (end < lines.length && end - at < 200 && !(lines[end] ?? '').includes(quote)) {
      end += 1;
    }
    return Math.min(end + 1, lines.length);
  }
  if (separator.trim() !== ':') {
    return end;
  }
  const isList = opened === '' || /^&\S+$/.test(opened);
  const isDeeper = (line: string) => {
    const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    return line.trim() === ''
      ? /^[|>]/.test(opened)
      : indent > column ||
          (indent > start && start === column) ||
          (isList && indent === column && line.startsWith('- ', indent));
  };
  while (end < lines.length && isDeeper(lines[end] ?? '')) {
    end += 1;
  }
  return end;
}

/** Of what a Secret holds the names stay. */
function dataOf(lines: Lines, key: Key, at: number, end: number): readonly string[] {
  const head = /^(?:|\{|&\S+)$/.test(key.value.trim()) ? (lines.all[at] ?? '') : `${key.before}${mark}`;
  const inner = Array.from({ length: end - at - 1 }, (_, index) => lines.key(at + 1 + index)).filter(
    (each) => each !== undefined,
  );
  const least = inner.reduce((so, { column }) => Math.min(so, column), Number.POSITIVE_INFINITY);
  return [head, ...inner.filter(({ column }) => column <= least).map(({ before }) => `${before}${mark}`)];
}

function withoutValue(line: string, key: Key, at: number, end: number): readonly string[] {
  if (end > at + 1) {
    return [`${key.before}${mark}`];
  }
  const value = key.value.trim();
  return [isHarmless(key.name, value) || value.startsWith('*') ? line : withoutOwn(key)];
}

/** The value alone where it is quoted; a plain one goes to the end of the line, unless another pair follows. */
function withoutOwn({ before, value, name, separator }: Key): string {
  const [anchor = ''] = /^\s*(?:&\S+ +)?(?:!\S+ +)?/.exec(value) ?? [];
  const own = value.slice(anchor.length);
  const quoted = /^(["'])((?:\\.|(?!\1)[^\\]|(?<=')'')*)\1/.exec(own);
  if (quoted !== null) {
    const [whole, quote = ''] = quoted;
    return `${before}${anchor}${quote}${mark}${quote}${withoutAssigned(own.slice(whole.length))}`;
  }
  // `invalid token: expired` is a sentence.
  if (
    / (?:tokens?|secrets?|credentials?)$/i.test(name) &&
    separator === ': ' &&
    /^[a-z]{1,14}(?: [a-z].*|[.,]?)$/.test(own)
  ) {
    return before + value;
  }
  const first = /^\S*/.exec(own)?.[0] ?? '';
  if (separator === '=' && first !== own && isHarmless(name, first)) {
    return before + value.slice(0, anchor.length) + first + withoutAssigned(own.slice(first.length));
  }
  const other =
    separator.trim() === '='
      ? own.search(/[ \t][A-Za-z_][\w.-]{0,64}=/)
      : own.search(/(?<=^\S+) [A-Za-z_][\w-]{0,64}=/);
  if (other >= 0 && isHarmless(name, own.slice(0, other))) {
    return before + value.slice(0, anchor.length + other) + withoutAssigned(own.slice(other));
  }
  const scheme = /authorization$/i.test(name) ? (/^(?:Bearer|Basic|Token|Digest) +/i.exec(own)?.[0] ?? '') : '';
  return other < 0
    ? `${before}${anchor}${scheme}${mark}`
    : `${before}${anchor}${mark}${withoutAssigned(own.slice(other))}`;
}

/** What an alias under a secret's name stands for, wherever it is said. */
function withoutAnchored(lines: readonly string[], anchors: ReadonlySet<string>): readonly string[] {
  if (anchors.size === 0) {
    return lines;
  }
  return lines.map((line) => {
    const found = /^(.*?&([^\s,\]}]+)\s+)\S.*$/.exec(line);
    return found !== null && anchors.has(found[2] ?? '') ? `${found[1]}${mark}` : line;
  });
}
