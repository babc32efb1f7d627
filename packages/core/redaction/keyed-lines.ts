/** `name: value` in YAML, pretty JSON, `kubectl describe` and env files. */
const keyLine = /^([ \t]*(?:- +)*(?:export +)?)(["']?)([A-Za-z_.$/][\w.$/ -]{0,127}?)\2([ \t]{0,4}[:=](?:[ \t]+|$)|=)/;
/** Finds most of the same keys in a third of the time. */
const wordKey = /^([ \t]*(?:- +)*)([A-Za-z_][\w.-]{0,127})(:(?:[ \t]+|$)|=[ \t]*)/;
/** Of base64 in a broken document, of which the next line may be at the same indentation. */
export const shortestBroken = 40;

export interface Key {
  readonly column: number;
  readonly start: number;
  readonly name: string;
  readonly value: string;
  readonly before: string;
  readonly separator: string;
}

/** Cached lines: those around a key are parsed repeatedly. */
const recent = 64;

export class Lines {
  readonly all: readonly string[];
  readonly #recent: ({ readonly at: number; readonly key: Key | undefined } | undefined)[] = [];

  constructor(all: readonly string[]) {
    this.all = all;
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

export function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === ' ' || line[indent] === '\t') {
    indent += 1;
  }
  return indent;
}

export function keyOf(line: string): Key | undefined {
  const word = wordKey.exec(line);
  if (word !== null) {
    const [before, indent = '', name = '', separator = ''] = word;
    return { column: indent.length, start: indentOf(line), name, value: line.slice(before.length), before, separator };
  }
  const found = keyLine.exec(line);
  if (found === null) {
    return undefined;
  }
  const [, indent = '', quote = '', name = '', separator = ''] = found;
  const before = `${indent}${quote}${name}${quote}${separator}`;
  return {
    column: indent.length,
    start: indentOf(line),
    name,
    value: line.slice(before.length),
    before,
    separator,
  };
}

/** @returns the first line behind the value */
export function endOfBlock(lines: readonly string[], at: number, { start, column, value, separator }: Key): number {
  const opened = value.trim();
  let end = at + 1;
  const triple = /^("""|''')(?!.*\1)/.exec(opened)?.[1];
  if (triple !== undefined) {
    while (end < lines.length && end - at < 200 && !(lines[end] ?? '').includes(triple)) {
      end += 1;
    }
    return Math.min(end + 1, lines.length);
  }
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
    const indent = indentOf(line);
    return line.trim() === ''
      ? /^[|>]/.test(opened)
      : indent > column ||
          (indent > start && start === column) ||
          (isList && indent === column && line.startsWith('- ', indent));
  };
  const isBroken = opened.length >= shortestBroken && /^[A-Za-z0-9+/]+={0,2}$/.test(opened);
  const goesOn = (line: string) => isBroken && /^[ \t]*[A-Za-z0-9+/]{20,}={0,2}[ \t]*$/.test(line);
  while (end < lines.length && (isDeeper(lines[end] ?? '') || goesOn(lines[end] ?? ''))) {
    end += 1;
  }
  return end;
}
