import type { PlpgsqlStatement } from './syntax.ts';

/** Text between the quotes, with its offset in the file. */
export interface Body {
  readonly body: string;
  readonly locate: (offset: number) => number;
}

/** Falls back to the line's start if the text isn't found verbatim. */
export function find({ body }: Body, statement: PlpgsqlStatement, text: string): number {
  const start = lineStart(body, statement.line);
  const at = body.indexOf(text.slice(0, 40).split('  ')[0] ?? '', start);
  return at >= 0 ? at : start + (/^\s*/.exec(body.slice(start))?.[0].length ?? 0);
}

function lineStart(body: string, line: number): number {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const end = body.indexOf('\n', start);
    if (end < 0) {
      break;
    }
    start = end + 1;
  }
  return start;
}
