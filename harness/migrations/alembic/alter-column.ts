import type { SourceRange } from '../finding.ts';
import { identifier, renderDefault, renderType } from './columns.ts';
import { sendSql } from './execute.ts';
import type { Run } from './interpreter.ts';
import { isNone, lastOf, truth, type Value } from './values.ts';

/** `op.alter_column`: one statement for each thing that it changes, in Alembic's order. */
export function alterColumn(
  run: Run,
  table: string,
  given: ReadonlyMap<string, Value>,
  incomplete: boolean,
  range: SourceRange,
): void {
  const column = identifier(run.textOf(given.get('column_name'), range).text);
  const alter = (what: string) => {
    sendSql(run, `ALTER TABLE ${table} ALTER COLUMN ${column} ${what}`, range);
  };
  if (incomplete) {
    run.report('cannot-follow', `alters ${column} in a way that is only known at run time`, range);
  }
  const nullable = given.get('nullable');
  if (!isNone(nullable) && nullable !== undefined) {
    // What isn't known may be false.
    alter(truth(nullable) === true ? 'DROP NOT NULL' : 'SET NOT NULL');
  }
  const type = given.get('type_');
  if (!isNone(type)) {
    alter(`TYPE ${renderType(run, type, range)}`);
  }
  const standard = given.get('server_default');
  const unchanged = standard === undefined || (standard.kind === 'constant' && standard.value === false);
  if (!unchanged) {
    const name = standard.kind === 'made' ? lastOf(standard.path) : '';
    alter(
      name === 'Identity'
        ? 'ADD GENERATED ALWAYS AS IDENTITY'
        : isNone(standard)
          ? 'DROP DEFAULT'
          : `SET DEFAULT ${renderDefault(run, standard, range)}`,
    );
  }
  const renamed = given.get('new_column_name');
  if (!isNone(renamed)) {
    sendSql(
      run,
      `ALTER TABLE ${table} RENAME COLUMN ${column} TO ${identifier(run.textOf(renamed, range).text)}`,
      range,
    );
  }
}
