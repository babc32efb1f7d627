import type { SourceRange } from '../../finding.ts';
import type { Run } from '../code/interpreter.ts';
import type { Value } from '../values/values.ts';
import { identifier, isTrue, renderColumn } from './columns.ts';
import { sendSql } from './execute.ts';
import { indexOfColumn } from './indexes.ts';

/**
 * Alembic adds the column alone, then each foreign key, unique constraint and index of it in a statement of its own. Those
 * come without IF NOT EXISTS, so that they are also made for a column that was there.
 */
export function addColumn(run: Run, table: string, given: ReadonlyMap<string, Value>, range: SourceRange): void {
  const column = renderColumn(run, given.get('column'), range);
  if (column === undefined) {
    run.report('cannot-follow', 'adds a column whose definition is only known at run time', range);
    return;
  }
  const send = (sql: string) => {
    sendSql(run, sql, range);
  };
  const maybe = isTrue(given.get('if_not_exists')) === false ? '' : 'IF NOT EXISTS ';
  const [only, ...others] = column.references;
  const isInline = isTrue(given.get('inline_references')) === true && others.length === 0;
  const parts = [
    ...column.parts,
    ...(column.isKey && isTrue(given.get('inline_primary_key')) === true ? ['PRIMARY KEY'] : []),
    ...(isInline && only !== undefined ? [only.sql] : []),
  ];
  send(`ALTER TABLE ${table} ADD COLUMN ${maybe}${[identifier(column.name), ...parts].join(' ')}`);
  const key = `(${identifier(column.name)})`;
  for (const { name, sql } of isInline ? [] : column.references) {
    send(`ALTER TABLE ${table} ADD ${constraint(name)}FOREIGN KEY ${key} ${sql}`);
  }
  for (const { name, condition } of column.checks) {
    send(`ALTER TABLE ${table} ADD ${constraint(name)}CHECK (${condition})`);
  }
  const index = indexOfColumn(table, column);
  if (index !== undefined) {
    send(index);
  } else if (column.isUnique) {
    send(`ALTER TABLE ${table} ADD UNIQUE ${key}`);
  }
}

function constraint(name: string | undefined): string {
  return name === undefined ? '' : `CONSTRAINT ${identifier(name)} `;
}
