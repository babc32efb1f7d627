import type { Comment } from '../overrides.ts';
import type { SourceText } from '../source-text.ts';
import type { Scope } from '../sql/state/scope.ts';
import { callFunction } from './code/calls.ts';
import { Run } from './code/interpreter.ts';
import { execute } from './code/statements.ts';
import { parsePython } from './syntax/parse-python.ts';
import { noArguments } from './values/values.ts';

/**
 * Interprets `upgrade()` with known values; `downgrade()` runs only on request.
 * @returns the file's comments, including those in its SQL
 */
export function analyzeAlembic(source: SourceText, scope: Scope): readonly Comment[] {
  const { body, comments, errors } = parsePython(source.text);
  const run = new Run(source, scope);
  const encoding = /^(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(source.text)?.[1] ?? 'utf-8';
  if (!/^(?:utf[-_]?8(?:[-_]sig)?|(?:us[-_]?)?ascii)$/i.test(encoding)) {
    run.report('cannot-parse', `is in ${encoding}: Python may read other code from it`, { start: 0, end: 1 });
  }
  for (const range of errors.slice(0, 5)) {
    run.report('cannot-parse', 'is not Python that this grammar accepts', range);
  }
  // Alembic runs each migration in a transaction by default.
  scope.state.transaction = 'open';
  execute(run, body);
  run.loading = false;
  const upgrade = run.globals.get('upgrade');
  if (upgrade?.kind === 'function') {
    callFunction(run, upgrade, noArguments, upgrade.range);
  } else {
    const range = { start: 0, end: 0 };
    run.report(
      'cannot-follow',
      upgrade === undefined ? 'has no upgrade() in this file' : 'has an upgrade() that is not written in this file',
      range,
    );
  }
  return [...comments, ...sqlCommentsInStrings(source)];
}

/** An override may stand in the SQL itself. */
function sqlCommentsInStrings(source: SourceText): Comment[] {
  if (!/--[^\n]*meho:|\/\*[^*]*meho:/.test(source.text)) {
    return [];
  }
  return [...source.text.matchAll(/--[^\n]*meho:[^\n]*|\/\*[^*]*meho:[\s\S]*?\*\//g)].map((match) => ({
    text: match[0],
    range: { start: match.index, end: match.index + match[0].length },
  }));
}
