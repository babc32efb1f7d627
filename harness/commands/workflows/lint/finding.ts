/** What a linter says of a place in a workflow or in action.yml. */
export interface LintFinding {
  /** As the linter calls it: `unpinned-uses`, `expression`; `SC2086` for a script's. */
  readonly rule: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** In the form that editors and terminals make a link of. */
export function lineOf({ rule, file, line, column, message }: LintFinding): string {
  return `${file}:${line}:${column}: ${rule}: ${message}`;
}

/** What a file is given out as when a linter can't even read it. */
export const unreadable = 'unreadable';
