import type { SourceRange } from '../../finding.ts';
import type { Run } from '../code/interpreter.ts';
import { textOf } from '../values/text.ts';
import { type Arguments, isNone, lastOf, none, type Value } from '../values/values.ts';
import { addColumn } from './add-column.ts';
import { alterColumn } from './alter-column.ts';
import { batchOf } from './batch.ts';
import {
  deferral,
  identifier,
  isTrue,
  onDelete,
  qualified,
  renderExpression,
  renderTableItem,
  tableNameOf,
} from './columns.ts';
import { insertStatementOfRows } from './data-statements.ts';
import { executeSql, executeValue, sendSql } from './execute.ts';
import { indexOfItem, indexStatement } from './indexes.ts';

export const signatures: Readonly<Record<string, readonly string[]>> = {
  add_column: ['table_name', 'column'],
  drop_column: ['table_name', 'column_name'],
  alter_column: ['table_name', 'column_name'],
  create_table: ['table_name'],
  drop_table: ['table_name'],
  rename_table: ['old_table_name', 'new_table_name'],
  create_index: ['index_name', 'table_name', 'columns'],
  drop_index: ['index_name', 'table_name'],
  create_primary_key: ['constraint_name', 'table_name', 'columns'],
  create_unique_constraint: ['constraint_name', 'table_name', 'columns'],
  create_foreign_key: ['constraint_name', 'table_name', 'referent_table', 'local_cols', 'remote_cols'],
  create_check_constraint: ['constraint_name', 'table_name', 'condition'],
  create_exclude_constraint: ['constraint_name', 'table_name'],
  drop_constraint: ['constraint_name', 'table_name', 'type_'],
  bulk_insert: ['table', 'rows'],
  execute: ['sqltext'],
  batch_alter_table: ['table_name', 'schema', 'recreate'],
};
const harmless = new Set(['create_table_comment', 'drop_table_comment', 'implementation_for', 'register_operation']);

export function isHarmless(name: string): boolean {
  return harmless.has(name);
}

const older: Readonly<Record<string, string>> = {
  source_table: 'table_name',
  source_schema: 'schema',
  name: 'constraint_name',
  source: 'table_name',
  referent: 'referent_table',
};

export function operation(run: Run, name: string, args: Arguments, range: SourceRange): Value {
  switch (name) {
    case 'get_bind':
      return { kind: 'made', path: 'sqlalchemy.engine.Connection', args, receiver: undefined, range };
    case 'get_context':
      return { kind: 'made', path: 'alembic.MigrationContext', args, receiver: undefined, range };
    case 'f':
    case 'inline_literal':
      return args.positional[0] ?? run.unknown('a name');
    default:
      break;
  }
  const signature = signatures[name];
  if (signature === undefined) {
    if (!isHarmless(name)) {
      run.report('cannot-follow', `uses op.${name}(), which is none of Alembic's own operations`, range);
    }
    return run.unknown(`the result of op.${name}()`);
  }
  return perform(run, name, named(signature, args), args, range);
}

export function named(signature: readonly string[], args: Arguments): Map<string, Value> {
  const given = new Map([...args.named].map(([key, value]) => [older[key] ?? key, value]));
  signature.forEach((parameter, index) => {
    const value = args.positional[index];
    if (value !== undefined) given.set(parameter, value);
  });
  return given;
}

export function perform(
  run: Run,
  name: string,
  given: ReadonlyMap<string, Value>,
  args: Arguments,
  range: SourceRange,
): Value {
  const send = (sql: string) => {
    sendSql(run, sql, range);
  };
  const text = (key: string) => identifier(run.textOf(given.get(key), range).text);
  const schema = given.get('schema');
  const table = () => qualified(run, given.get('table_name'), schema, range);
  const flag = (key: string, sql: string) => (isTrue(given.get(key)) === true ? sql : '');
  const list = (key: string) => listOf(run, given.get(key), range);
  const constraint = isNone(given.get('constraint_name')) ? '' : `CONSTRAINT ${text('constraint_name')} `;
  const notValid = flag('postgresql_not_valid', ' NOT VALID');
  switch (name) {
    case 'add_column':
      addColumn(run, table(), given, range);
      break;
    case 'drop_column':
      send(`ALTER TABLE ${table()} DROP COLUMN ${text('column_name')}`);
      break;
    case 'alter_column':
      alterColumn(run, table(), given, args.incomplete, range);
      break;
    case 'create_table':
      createTable(run, table(), given, args, range);
      break;
    case 'drop_table':
      send(`DROP TABLE ${table()}`);
      break;
    case 'rename_table':
      send(
        `ALTER TABLE ${qualified(run, given.get('old_table_name'), schema, range)} RENAME TO ${text('new_table_name')}`,
      );
      break;
    case 'create_index':
      send(indexStatement(run, table(), given, range));
      break;
    case 'drop_index':
      send(
        `DROP INDEX ${flag('postgresql_concurrently', 'CONCURRENTLY ')}${qualified(run, given.get('index_name'), schema, range)}`,
      );
      break;
    case 'create_primary_key':
    case 'create_unique_constraint':
      send(
        `ALTER TABLE ${table()} ADD ${constraint}${name === 'create_primary_key' ? 'PRIMARY KEY' : `UNIQUE${flag('postgresql_nulls_not_distinct', ' NULLS NOT DISTINCT')}`} (${list('columns')})${deferral(given)}`,
      );
      break;
    case 'create_foreign_key':
      send(
        `ALTER TABLE ${table()} ADD ${constraint}FOREIGN KEY (${list('local_cols')}) REFERENCES ${qualified(run, given.get('referent_table'), given.get('referent_schema'), range)} (${list('remote_cols')})${onDelete(given.get('ondelete'))}${deferral(given)}${notValid}`,
      );
      break;
    case 'create_check_constraint':
      send(`ALTER TABLE ${table()} ADD ${constraint}CHECK (${renderExpression(given.get('condition'))})${notValid}`);
      break;
    case 'create_exclude_constraint':
      send(`ALTER TABLE ${table()} ADD ${constraint}EXCLUDE (meho_unknown WITH =)`);
      break;
    case 'drop_constraint':
      send(`ALTER TABLE ${table()} DROP CONSTRAINT ${text('constraint_name')}`);
      break;
    case 'execute':
      executeValue(run, given.get('sqltext'), range);
      break;
    case 'bulk_insert': {
      const rows = given.get('rows');
      send(insertStatementOfRows(tableNameOf(run, given.get('table'), range), rows === undefined ? [] : [rows]));
      break;
    }
    case 'batch_alter_table':
      return batchOf(run, given);
    default:
      executeSql(run, textOf(lastOf(name), range.start, false), range);
  }
  return none;
}

function createTable(
  run: Run,
  table: string,
  given: ReadonlyMap<string, Value>,
  args: Arguments,
  range: SourceRange,
): void {
  const items = args.positional.slice(1).flatMap((item) => renderTableItem(run, item, range) ?? []);
  const maybe = isTrue(given.get('if_not_exists')) === false ? '' : 'IF NOT EXISTS ';
  const temporary = given.get('prefixes');
  const isTemporary =
    temporary?.kind === 'list' && temporary.items.some((item) => item.kind === 'text' && /^temp/i.test(item.text.text));
  sendSql(run, `CREATE ${isTemporary ? 'TEMPORARY ' : ''}TABLE ${maybe}${table} (${items.join(', ')})`, range);
  for (const item of args.positional.slice(1)) {
    const index = indexOfItem(run, table, item, range);
    if (index !== undefined) {
      sendSql(run, index, range);
    }
  }
}

function listOf(run: Run, value: Value | undefined, range: SourceRange): string {
  const items = value?.kind === 'list' ? value.items : [value];
  return items.map((item) => identifier(run.textOf(item, range).text)).join(', ') || '"meho_unknown"';
}
