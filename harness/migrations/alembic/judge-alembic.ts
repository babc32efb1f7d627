import type { Comment } from '../overrides.ts';
import type { SourceText } from '../source-text.ts';
import type { Scope } from '../sql/scope.ts';
import { callFunction } from './calls.ts';
import { Run } from './interpreter.ts';
import { parsePython } from './parse-python.ts';
import { execute } from './statements.ts';
import { noArguments } from './values.ts';

/**
 * Judges what `upgrade()` of an Alembic migration does, by walking through it with what is known of its values.
 * `downgrade()` is never looked at: it runs only when somebody asks for it.
 *
 * @returns the comments of the file, also those in its SQL
 */
export function judgeAlembic(source: SourceText, scope: Scope): readonly Comment[] {
  const { body, comments, errors } = parsePython(source.text);
  const run = new Run(source, scope);
  const encoding = /^(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(source.text)?.[1] ?? 'utf-8';
  if (!/^(?:utf[-_]?8(?:[-_]sig)?|(?:us[-_]?)?ascii)$/i.test(encoding)) {
    run.report('cannot-parse', `is in ${encoding}: Python may read other code from it`, { start: 0, end: 1 });
  }
  for (const range of errors.slice(0, 5)) {
    run.report('cannot-parse', 'is not Python that this grammar accepts', range);
  }
  // Alembic runs a migration in a transaction unless it is told otherwise.
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

/** Overrides may stand in the SQL too, right where the statement is. */
function sqlCommentsInStrings(source: SourceText): Comment[] {
  if (!/--[^\n]*meho:|\/\*[^*]*meho:/.test(source.text)) {
    return [];
  }
  return [...source.text.matchAll(/--[^\n]*meho:[^\n]*|\/\*[^*]*meho:[\s\S]*?\*\//g)].map((match) => ({
    text: match[0],
    range: { start: match.index, end: match.index + match[0].length },
  }));
}
