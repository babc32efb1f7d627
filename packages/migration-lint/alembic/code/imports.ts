import type { SourceRange } from '../../finding.ts';
import { analyzeCallOf } from '../../sql/code/calls.ts';
import { oneLine } from '../../sql/state/scope.ts';
import { executeValue } from '../operations/execute.ts';
import { operation } from '../operations/operations.ts';
import { type Arguments, lastOf, type Value } from '../values/values.ts';
import { handsOverDatabase } from './calls.ts';
import type { Run } from './interpreter.ts';

/** Side-effect-free modules of the standard library. */
const pure = new Set(
  `typing datetime uuid json re logging pathlib textwrap itertools functools collections enum decimal time string math
  hashlib base64 secrets random copy warnings sys contextlib inspect dataclasses operator abc zoneinfo ipaddress csv io
  pprint statistics calendar fractions bisect heapq unicodedata html urllib locale gettext types traceback os`.split(
    /\s+/,
  ),
);
/** Members of those modules that do have side effects. */
const acting = /^(?:os\.(?!path\b|environ\b|getenv|sep|linesep|getcwd)|sys\.modules|inspect\.(?!cleandoc|getdoc))/;

/** Judges Alembic operations; keeps SQLAlchemy constructs for where they are used. */
export function callImported(run: Run, path: string, args: Arguments, range: SourceRange, isStatement: boolean): Value {
  const [top = ''] = path.split('.');
  if (path === 'alembic.context.execute') {
    executeValue(run, args.positional[0] ?? args.named.get('sql'), range);
    return run.unknown('the result of a statement');
  }
  if (/^alembic\.context\.run_/.test(path) || /^sqlalchemy\.event\./.test(path)) {
    return callForeign(run, path, args, range, true);
  }
  if (path.startsWith('alembic.op.') || path.startsWith('alembic.context.')) {
    return path.startsWith('alembic.op.')
      ? operation(run, lastOf(path), args, range)
      : { kind: 'made', path, args, receiver: undefined, range };
  }
  if (/^functools\.partial$/.test(path) && args.positional[0] !== undefined) {
    return partial(run, args);
  }
  if (/^(?:textwrap\.dedent|inspect\.cleandoc)$/.test(path) && args.positional[0]?.kind === 'text') {
    return args.positional[0];
  }
  if (top === 'sqlalchemy') {
    const [, sqlFunction] = /\.func\.(.+)$/.exec(path) ?? [];
    if (sqlFunction !== undefined && !keywords.has(sqlFunction.toLowerCase())) {
      // Judged here, because later uses aren't followed.
      analyzeCallOf(sqlFunction.split('.'), { ...run.scope, ...statementAt(run, range) });
    }
    return makeLibraryObject(run, path, args, range);
  }
  if (pure.has(top) && !acting.test(path) && !handsOverDatabase(args)) {
    return run.unknown(`the result of ${path}()`);
  }
  return callForeign(run, path, args, range, isStatement);
}

/** SQL writes these as keywords. */
const keywords = new Set(
  'current_date current_time current_timestamp localtime localtimestamp current_user session_user user coalesce greatest least nullif cast char_length extract grouping_sets cube rollup count sum array_agg any_value next_value sysdate percentile_cont percentile_disc mode filter within_group xmlelement'.split(
    ' ',
  ),
);

function statementAt(run: Run, range: SourceRange) {
  const source = oneLine(run.source.text.slice(range.start, range.end));
  return {
    start: 0,
    end: 0,
    source,
    statement: source,
    indexOf: () => 0,
    locate: () => range.start,
    frames: [range, ...run.frames],
  };
}

function makeLibraryObject(run: Run, path: string, args: Arguments, range: SourceRange): Value {
  // The migration's own session or engine reaches the same database.
  const name = lastOf(path);
  const kind = /^(?:Session|scoped_session|sessionmaker|AsyncSession|create_engine)$/.test(name)
    ? 'sqlalchemy.orm.Session'
    : path;
  if (name === 'inspect') {
    return { kind: 'made', path: 'sqlalchemy.Inspector', args, receiver: undefined, range };
  }
  return name === 'quoted_name' && args.positional[0] !== undefined
    ? { kind: 'text', text: run.textOf(args.positional[0], range) }
    : { kind: 'made', path: kind, args, receiver: undefined, range };
}

/** `functools.partial` of an operation is still an operation. */
function partial(run: Run, args: Arguments): Value {
  const [callee, ...positional] = args.positional;
  if (callee?.kind === 'function') {
    return {
      ...callee,
      bound: {
        positional: [...callee.bound.positional, ...positional],
        named: args.named,
        incomplete: args.incomplete,
      },
    };
  }
  if (callee?.kind === 'import' || callee?.kind === 'method') {
    return { kind: 'made', path: 'functools.partial', args, receiver: callee, range: { start: 0, end: 0 } };
  }
  return run.unknown('a partial function');
}

/**
 * Judges code from outside the file. A type or class without access to the database is an ordinary value: `Vector(3)`
 * in a column changes nothing.
 */
export function callForeign(run: Run, name: string, args: Arguments, range: SourceRange, isStatement: boolean): Value {
  const handsOver = handsOverDatabase(args);
  const isClass = /^[A-Z]/.test(lastOf(name));
  if (handsOver || (!run.loading && !(isClass && !isStatement))) {
    run.report('cannot-follow', `calls ${name.replace(/^builtins\./, '')}(), which is not in this file`, range);
  }
  return isClass
    ? { kind: 'made', path: name, args, receiver: undefined, range }
    : run.unknown(`the result of ${name}()`);
}
