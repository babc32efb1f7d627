import type { SourceRange } from '../../finding.ts';
import { call } from '../code/calls.ts';
import { callForeign } from '../code/imports.ts';
import type { Run } from '../code/interpreter.ts';
import { tableNameOf } from '../operations/columns.ts';
import { assignments } from '../operations/data-statements.ts';
import { analyzeFragments, executeSql, executeValue } from '../operations/execute.ts';
import { textOf } from '../values/text.ts';
import { type Arguments, lastOf, none, type Value } from '../values/values.ts';
import { dictionaryOf } from './collection-methods.ts';

export function libraryMethod(
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
  const chained: Value = { ...receiver, calls: [...(receiver.calls ?? []), { name, args }] };
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
      // A session or query acts at once; a table builds a statement.
      if (type.toLowerCase() !== 'table' && name !== 'insert') {
        executeValue(run, statement, range);
      }
      return statement;
    }
    case 'cte':
      // Embedding isn't followed, so statements that change rows are judged here.
      if (/^(?:delete|update|insert)$/.test(type)) {
        executeValue(run, receiver, range);
      }
      return chained;
    case 'on_conflict_do_update':
      send(onConflict(run, receiver, args, range));
      return receiver;
    case 'callproc':
      return send(`SELECT ${run.textOf(args.positional[0], range).text}()`);
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
  if (
    name === 'execution_options' &&
    !/(?:Connection|Session|MigrationContext|Engine|bind|engine|connection)$/.test(type)
  ) {
    return chained;
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
    analyzeFragments(run, [...args.positional, ...args.named.values()], range);
    return type === 'Inspector' ? run.unknown(`the result of ${name}()`) : chained;
  }
  return receiver.path === 'functools.partial'
    ? chained
    : callForeign(run, `${receiver.path}.${name}`, args, range, true);
}

function onConflict(run: Run, receiver: Extract<Value, { kind: 'made' }>, args: Arguments, range: SourceRange): string {
  const set = args.named.get('set_');
  const assigned = assignments(dictionaryOf(set), args);
  return `INSERT INTO ${tableNameOf(run, receiver.args.positional[0], range)} DEFAULT VALUES ON CONFLICT (meho_unknown) DO UPDATE SET ${assigned}`;
}

function typeName(run: Run, receiver: Extract<Value, { kind: 'made' }>, range: SourceRange): string {
  const name = run.textOf(
    receiver.args.named.get('name') ?? (/domain/i.test(receiver.path) ? receiver.args.positional[0] : undefined),
    range,
  );
  return `"${name.text.replaceAll('"', '""')}"`;
}
