import type { SourceRange } from '../finding.ts';
import { call, handsOverDatabase } from './calls.ts';
import { tableNameOf } from './columns.ts';
import { executeSql, executeValue } from './execute.ts';
import { callForeign } from './imports.ts';
import type { Run } from './interpreter.ts';
import { batchOperation } from './operations.ts';
import { formatted, slice } from './operators.ts';
import { concatenate, textOf } from './text.ts';
import { type Arguments, lastOf, none, type Value } from './values.ts';

/** Methods that send a statement, whatever object they are called on. */
const executing = new Set([
  'execute',
  'exec',
  'exec_driver_sql',
  'executemany',
  'executescript',
  'scalar',
  'scalars',
  'stream',
  'copy_expert',
]);

export function callMethod(run: Run, receiver: Value, name: string, args: Arguments, range: SourceRange): Value {
  if (receiver.kind === 'batch') {
    return batchOperation(run, receiver, name, args, range);
  }
  if (receiver.kind === 'text') {
    return textMethod(run, receiver, name, args, range);
  }
  if (receiver.kind === 'list' || receiver.kind === 'dictionary') {
    return collectionMethod(run, receiver, name, args);
  }
  if (receiver.kind === 'import') {
    return call(run, { kind: 'import', path: `${receiver.path}.${name}` }, args, range);
  }
  if (executing.has(name)) {
    executeValue(run, args.positional[0] ?? args.named.get('statement') ?? args.named.get('sql'), range);
    return run.unknown('the result of a statement');
  }
  if (receiver.kind === 'made') {
    return madeMethod(run, receiver, name, args, range);
  }
  if (name === 'drop_all' || name === 'drop') {
    executeSql(run, textOf('DROP TABLE meho_unknown', range.start), range);
    return none;
  }
  return handsOverDatabase(args) || receiver.kind === 'class' || receiver.kind === 'instance'
    ? callForeign(run, name, args, range, true)
    : run.unknown(`the result of ${name}()`);
}

/** Methods of what SQLAlchemy or another library made. */
function madeMethod(
  run: Run,
  receiver: Extract<Value, { kind: 'made' }>,
  name: string,
  args: Arguments,
  range: SourceRange,
): Value {
  const type = lastOf(receiver.path);
  const send = (sql: string) => {
    executeSql(run, textOf(sql, range.start), range);
    return none;
  };
  const chained: Value = {
    kind: 'made',
    path: receiver.path,
    args: receiver.args,
    receiver: receiver.receiver,
    range: receiver.range,
  };
  switch (name) {
    case 'drop_all':
      return send('DROP TABLE meho_unknown');
    case 'drop':
      return send(
        /enum|domain/i.test(type)
          ? `DROP TYPE ${typeName(run, receiver, range)}`
          : type === 'Index'
            ? 'DROP INDEX meho_unknown'
            : `DROP TABLE ${tableNameOf(run, receiver, range)}`,
      );
    case 'create':
      return /enum/i.test(type)
        ? send(`CREATE TYPE ${typeName(run, receiver, range)} AS ENUM ()`)
        : type === 'Index'
          ? send('CREATE INDEX ON meho_unknown (x)')
          : none;
    case 'delete':
    case 'update':
    case 'insert': {
      const statement: Value = {
        kind: 'made',
        path: `sqlalchemy.${name}`,
        args: { ...args, positional: type.toLowerCase() === 'table' ? [receiver] : [] },
        receiver: undefined,
        range,
      };
      // On a session or query the method acts at once; on a table it makes a statement.
      if (type.toLowerCase() !== 'table' && name !== 'insert') {
        executeValue(run, statement, range);
      }
      return statement;
    }
    case 'values':
      return {
        ...receiver,
        args: {
          ...receiver.args,
          named: new Map([...receiver.args.named, ...args.named, ...dictionaryOf(args.positional[0])]),
          incomplete:
            receiver.args.incomplete ||
            args.incomplete ||
            (args.positional.length > 0 && args.positional[0]?.kind !== 'dictionary'),
        },
      };
    case 'commit':
      run.scope.state.endTransaction(false);
      run.scope.state.transaction = 'open';
      return none;
    case 'rollback':
      run.scope.state.endTransaction(true);
      run.scope.state.transaction = 'open';
      return none;
    case 'run_sync':
    case 'run_callable':
    case 'transaction':
      return args.positional[0] === undefined
        ? chained
        : call(
            run,
            args.positional[0],
            { positional: [receiver, ...args.positional.slice(1)], named: args.named, incomplete: args.incomplete },
            range,
          );
    case 'autocommit_block':
      return { kind: 'made', path: 'alembic.autocommit_block', args, receiver, range };
    default:
      break;
  }
  if (/^(?:begin|begin_nested|connect|begin_transaction|execution_options|get_bind|get_context)$/.test(name)) {
    return {
      kind: 'made',
      path: 'sqlalchemy.engine.Connection',
      args: receiver.args,
      receiver: receiver.receiver,
      range,
    };
  }
  if (
    /\.impl\b/.test(receiver.path) ||
    (receiver.path.startsWith('alembic') && /drop|alter|rename|delete|run_/.test(name))
  ) {
    return callForeign(run, `${type}.${name}`, args, range, true);
  }
  if (type === 'Session' && /^(?:query|get|get_one|merge|bulk_update_mappings|bulk_save_objects)$/.test(name)) {
    run.report(
      'cannot-follow',
      `works on mapped objects by session.${name}(): what is assigned to them is sent without a statement`,
      range,
    );
  }
  if (receiver.path.startsWith('sqlalchemy') || receiver.path.startsWith('alembic')) {
    return type === 'Inspector' ? run.unknown(`the result of ${name}()`) : chained;
  }
  // An object of foreign code: what its methods do is not in this file.
  return receiver.path === 'functools.partial'
    ? chained
    : callForeign(run, `${receiver.path}.${name}`, args, range, true);
}

function typeName(run: Run, receiver: Extract<Value, { kind: 'made' }>, range: SourceRange): string {
  const name = run.textOf(
    receiver.args.named.get('name') ?? (/domain/i.test(receiver.path) ? receiver.args.positional[0] : undefined),
    range,
  );
  return `"${name.text.replaceAll('"', '""')}"`;
}

function dictionaryOf(value: Value | undefined): ReadonlyMap<string, Value> {
  return value?.kind === 'dictionary' ? value.entries : new Map();
}

function textMethod(
  run: Run,
  receiver: Extract<Value, { kind: 'text' }>,
  name: string,
  args: Arguments,
  range: SourceRange,
): Value {
  const { text } = receiver;
  const [first, second] = args.positional;
  const changed = (change: (value: string) => string): Value => ({
    kind: 'text',
    text: { ...textOf(change(text.text), text.segments[0]?.source ?? range.start), exact: text.exact },
  });
  const firstText = first === undefined ? undefined : run.textOf(first, range);
  switch (name) {
    case 'format':
      return { kind: 'text', text: formatted(run, text, args.positional, args.named, range) };
    case 'format_map':
      return { kind: 'text', text: formatted(run, text, [], dictionaryOf(first), range) };
    case 'join':
      return first?.kind === 'list'
        ? {
            kind: 'text',
            text: concatenate(
              first.items.flatMap((item, index) =>
                index === 0 ? [run.textOf(item, range)] : [text, run.textOf(item, range)],
              ),
            ),
          }
        : run.unknown('joined texts');
    case 'strip':
    case 'lstrip':
    case 'rstrip': {
      const start = name === 'rstrip' ? 0 : text.text.length - text.text.trimStart().length;
      const end = name === 'lstrip' ? text.text.length : text.text.trimEnd().length;
      return first === undefined
        ? { kind: 'text', text: slice(text, Math.min(start, end), end) }
        : run.unknown('a part of a text');
    }
    case 'lower':
      return changed((value) => value.toLowerCase());
    case 'upper':
      return changed((value) => value.toUpperCase());
    case 'title':
    case 'capitalize':
    case 'encode':
    case 'decode':
      return changed((value) => value);
    case 'replace': {
      const to = second === undefined ? undefined : run.textOf(second, range);
      return firstText !== undefined && to !== undefined
        ? {
            kind: 'text',
            text: {
              ...textOf(text.text.replaceAll(firstText.text, to.text), range.start),
              exact: text.exact && firstText.exact && to.exact,
            },
          }
        : run.unknown('a text');
    }
    case 'split':
    case 'splitlines': {
      const separator = name === 'splitlines' ? '\n' : firstText?.text;
      const parts =
        separator === undefined ? text.text.split(/\s+/).filter((part) => part !== '') : text.text.split(separator);
      return text.exact && second === undefined
        ? {
            kind: 'list',
            items: parts.map((part) => ({ kind: 'text', text: textOf(part, text.segments[0]?.source ?? range.start) })),
          }
        : run.unknown('parts of a text');
    }
    case 'startswith':
    case 'endswith':
      return text.exact && firstText?.exact === true
        ? {
            kind: 'constant',
            value: name === 'startswith' ? text.text.startsWith(firstText.text) : text.text.endsWith(firstText.text),
          }
        : run.unknown('a condition');
    default:
      return run.unknown(`the result of ${name}()`);
  }
}

/** Lists and dictionaries only grow here: what is put in on one branch is looked at on all. */
function collectionMethod(
  run: Run,
  receiver: Extract<Value, { kind: 'list' | 'dictionary' }>,
  name: string,
  args: Arguments,
): Value {
  const [first, second] = args.positional;
  if (receiver.kind === 'list') {
    if (name === 'append' || name === 'add') receiver.items.push(first ?? none);
    else if (name === 'insert') receiver.items.push(second ?? none);
    else if (name === 'extend' || name === 'update')
      receiver.items.push(...(first?.kind === 'list' ? first.items : [run.unknown('an item')]));
    else if (name === 'copy') return { kind: 'list', items: [...receiver.items] };
    return run.unknown(`the result of ${name}()`);
  }
  const entries = [...receiver.entries];
  switch (name) {
    case 'items':
      return {
        kind: 'list',
        items: entries.map(([key, value]) => ({ kind: 'list', items: [{ kind: 'text', text: textOf(key) }, value] })),
      };
    case 'keys':
      return { kind: 'list', items: entries.map(([key]) => ({ kind: 'text', text: textOf(key) })) };
    case 'values':
      return { kind: 'list', items: entries.map(([, value]) => value) };
    case 'get':
      return (first?.kind === 'text' ? receiver.entries.get(first.text.text) : undefined) ?? second ?? none;
    case 'update':
      for (const [key, value] of [...dictionaryOf(first), ...args.named]) receiver.entries.set(key, value);
      return none;
    default:
      return run.unknown(`the result of ${name}()`);
  }
}
