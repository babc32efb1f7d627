export interface TextLines {
  readonly all: readonly string[];
  /** One for each line but the last; absent where all are `\n`. */
  readonly ends?: readonly string[];
}

/** Breaks where YAML does: a carriage return left in a line would hide its key. */
export function splitLines(text: string): TextLines {
  if (!text.includes('\r')) {
    return { all: text.split('\n') };
  }
  const all: string[] = [];
  const ends: string[] = [];
  let from = 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|\r|\n/g)) {
    all.push(text.slice(from, index));
    ends.push(end);
    from = index + end.length;
  }
  all.push(text.slice(from));
  return { all, ends };
}

/** Each line keeps its end; where lines went away, all have the first one's. */
export function joinLines(clean: readonly string[], all: readonly string[], ends?: readonly string[]): string {
  if (ends === undefined) {
    return clean.join('\n');
  }
  return clean.length === all.length
    ? clean.map((line, at) => line + (ends[at] ?? '')).join('')
    : clean.join(ends[0] ?? '\n');
}
