import type { SourceRange } from '../../finding.ts';
import { placeholder } from '../../sql/expressions/fold.ts';
import { quoteLiteral } from '../../sql/expressions/format.ts';
import type { Run } from '../code/interpreter.ts';
import { type Arguments, type LibraryObject, lastOf, type Value } from '../values/values.ts';
import { identifier, tableNameOf } from './columns.ts';

export function deleteStatement(run: Run, made: LibraryObject, range: SourceRange): string {
  return `DELETE FROM ${targetOf(run, made, range)}${conditionOf(made)}`;
}

export function updateStatement(run: Run, made: LibraryObject, range: SourceRange): string {
  return `UPDATE ${targetOf(run, made, range)} SET ${assignments(made.args.named, made.args)}${conditionOf(made)}`;
}

export function insertStatement(run: Run, made: LibraryObject, range: SourceRange): string {
  const table = targetOf(run, made, range);
  if (made.calls?.some(({ name }) => name === 'from_select') === true) {
    return `INSERT INTO ${table} SELECT * FROM ${placeholder}`;
  }
  return insertStatementOfRows(table, [...made.args.named.values()]);
}

/** Only texts in the rows matter to the rules. */
export function insertStatementOfRows(table: string, rows: readonly Value[]): string {
  const texts = textsIn(rows);
  return texts.length === 0
    ? `INSERT INTO ${table} DEFAULT VALUES`
    : `INSERT INTO ${table} VALUES (${texts.map(quoteLiteral).join(', ')})`;
}

export function assignments(values: ReadonlyMap<string, Value>, args: Arguments): string {
  const columns = [...values].filter(([name]) => !/^synchronize_session|^execution_options/.test(name));
  return columns.length > 0 && !args.incomplete
    ? columns.map(([name, value]) => `${identifier(name)} = ${literalOf(value)}`).join(', ')
    : `${placeholder} = ${placeholder}`;
}

function targetOf(run: Run, made: LibraryObject, range: SourceRange): string {
  return tableNameOf(run, made.args.positional[0] ?? made.args.named.get('table'), range);
}

function conditionOf({ calls = [] }: LibraryObject): string {
  return calls.some(({ name }) => name === 'where' || name === 'filter' || name === 'filter_by')
    ? ` WHERE ${placeholder}`
    : '';
}

function literalOf(value: Value): string {
  if (value.kind === 'text' && value.text.exact) {
    return quoteLiteral(value.text.text);
  }
  if (value.kind === 'constant') {
    return value.value === null ? 'NULL' : String(value.value);
  }
  return value.kind === 'made' && /^(?:true|false|null)$/.test(lastOf(value.path)) ? lastOf(value.path) : placeholder;
}

function textsIn(values: readonly Value[]): string[] {
  return values.flatMap((value) =>
    value.kind === 'text' && value.text.exact
      ? [value.text.text]
      : value.kind === 'list'
        ? textsIn(value.items)
        : value.kind === 'dictionary'
          ? textsIn([...value.entries.values()])
          : [],
  );
}
