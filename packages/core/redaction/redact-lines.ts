import { endOfBlock, indentOf, type Key, keyOf, Lines, shortestBroken } from './keyed-lines.ts';
import { joinLines, splitLines } from './lines.ts';
import { redactAssignments } from './redact-assignments.ts';
import { type InText, parseJson, rewriteJson } from './redact-object.ts';
import { isHarmless, isSecretName, mayNameSecret } from './secret-names.ts';
import { withinQuotes } from './within-quotes.ts';

const mark = '[redacted]';
/** Matches the most common lines, with one word as value, four times as fast. */
const plainPair = /^([ \t]*(?:- +)*)([A-Za-z_][\w.-]{0,127})(: |=)(["']?)([\w+/.~-]+)\4$/;
/** Lines between name and value of an env entry. */
const nearest = 12;

/**
 * Redacts by lines, without a parser: logs and cut-off texts are often no document, and a YAML parser takes ten seconds
 * for 10 MB.
 */
export function redactLines(text: string, inText: InText, depth = 0): string {
  const { all, ends } = splitLines(text);
  const lines = new Lines(all);
  const telling = all.map(mayNameSecret);
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
    const parsed = /^[ \t]*[[{]/.test(line) ? parseJson(line) : undefined;
    if (parsed !== undefined) {
      clean.push(rewriteJson(parsed, line, inText, depth));
      continue;
    }
    const complex = /^[ \t]*\? +["']?([\w.-]{1,128})["']?[ \t]*$/.exec(line)?.[1];
    const answer = complex === undefined ? undefined : /^([ \t]*:[ \t]+)\S/.exec(all[at + 1] ?? '')?.[1];
    if (complex !== undefined && answer !== undefined && isSecretName(complex)) {
      const column = answer.indexOf(':');
      const value = (all[at + 1] ?? '').slice(answer.length);
      const end = endOfBlock(all, at + 1, {
        column,
        start: column,
        name: complex,
        separator: ': ',
        before: answer,
        value,
      });
      clean.push(line, `${answer}${mark}`);
      at = end - 1;
      continue;
    }
    const plain = plainPair.exec(line);
    if (plain !== null) {
      const [, indent = '', name = '', separator = '', quote = '', value = ''] = plain;
      const isSecret = values.has(at) || isSecretName(name);
      const stands =
        separator === '=' || (value.length < shortestBroken && indentOf(all[at + 1] ?? '') <= indent.length);
      if (stands && isSecret) {
        clean.push(isHarmless(name, value) ? line : `${indent}${name}${separator}${quote}${mark}${quote}`);
        continue;
      }
      if (!isSecret && !isInSecret(at)) {
        clean.push(line);
        continue;
      }
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
      clean.push(redactAssignments(withinQuotes(line, inText, depth)));
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
  return joinLines(withoutAnchored(clean, anchors), all, ends);
}

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
    // A dash begins this entry: the lines above belong to another.
    for (const step of key.start < key.column ? [1] : [1, -1]) {
      for (let other = at + step; Math.abs(other - at) <= nearest; other += step) {
        const next = lines.key(other);
        // A dash begins an entry: forward the next, backward our own.
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
        const behind = step < 0 ? lines.key(other + 1) : undefined;
        if ((behind?.start ?? 0) < (behind?.column ?? 0)) {
          break;
        }
        if (step < 0 && next !== undefined && next.start < next.column) {
          break;
        }
      }
    }
  }
}

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

/** A name such as `secret` or `credentials` may hold an object with its own names. */
function isReferenceBlock(key: Key, next: Key | undefined): boolean {
  const opens = /^(?:|[{[]|&\S+)$/.test(key.value.trim()) && key.separator.trim() === ':';
  return (
    opens &&
    next !== undefined &&
    next.column > key.start &&
    !/^(?:values?|data|text|plain|content|current|previous|raw)$/i.test(next.name)
  );
}

/** A Secret's member names stay. */
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

/** A plain value ends at the next pair or the line's end. */
function withoutOwn({ before, value, name, separator }: Key): string {
  const [anchor = ''] = /^\s*(?:&\S+ +)?(?:!\S+ +)?/.exec(value) ?? [];
  const own = value.slice(anchor.length);
  const quoted = /^(["'])((?:\\.|(?!\1)[^\\]|(?<=')'')*)\1/.exec(own);
  if (quoted !== null) {
    const [whole, quote = ''] = quoted;
    return `${before}${anchor}${quote}${mark}${quote}${redactAssignments(own.slice(whole.length))}`;
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
    return before + value.slice(0, anchor.length) + first + redactAssignments(own.slice(first.length));
  }
  const other =
    separator.trim() === '='
      ? own.search(/[ \t][A-Za-z_][\w.-]{0,64}=/)
      : own.search(/(?<=^\S+) [A-Za-z_][\w-]{0,64}=/);
  if (other >= 0 && isHarmless(name, own.slice(0, other))) {
    return before + value.slice(0, anchor.length + other) + redactAssignments(own.slice(other));
  }
  const scheme = /authorization$/i.test(name) ? (/^(?:Bearer|Basic|Token|Digest) +/i.exec(own)?.[0] ?? '') : '';
  return other < 0
    ? `${before}${anchor}${scheme}${mark}`
    : `${before}${anchor}${mark}${redactAssignments(own.slice(other))}`;
}

function withoutAnchored(lines: readonly string[], anchors: ReadonlySet<string>): readonly string[] {
  if (anchors.size === 0) {
    return lines;
  }
  const clean: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const found = /^(.*?&([^\s,\]}]+))(?:\s+\S.*|\s*)$/.exec(line);
    if (found === null || !anchors.has(found[2] ?? '')) {
      clean.push(line);
      continue;
    }
    const key = keyOf(line);
    clean.push(`${found[1]} ${mark}`);
    at = key === undefined ? at : endOfBlock(lines, at, key) - 1;
  }
  return clean;
}
