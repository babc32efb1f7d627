import type { PlpgsqlStatement } from './syntax.ts';

/** The text between the quotes of a block or function, and where its offsets are in the file. */
export interface Body {
  readonly body: string;
  readonly locate: (offset: number) => number;
}

/** Where a statement's text is in the body: on or after its line; the line itself where it isn't found as it is. */
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
