import type { SourceRange } from '../finding.ts';
import { identifier, renderDefault, renderType } from './columns.ts';
import { sendSql } from './execute.ts';
import type { Run } from './interpreter.ts';
import { isNone, lastOf, same, truth, type Value } from './values.ts';

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
  if (!isNone(type) && !isSameType(type, given.get('existing_type'))) {
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

/** The type that the column has already, as far as both are written out. */
function isSameType(one: Value | undefined, other: Value | undefined): boolean {
  if (one?.kind === 'import' || other?.kind === 'import') {
    const isBare = [one, other].every(
      (type) => type?.kind !== 'made' || type.args.positional.length + type.args.named.size === 0,
    );
    return isBare && pathOf(one) !== undefined && pathOf(one) === pathOf(other);
  }
  if (one?.kind !== 'made' || other?.kind !== 'made') {
    return one?.kind === 'list' && other?.kind === 'list'
      ? one.items.length === other.items.length &&
          one.items.every((item, index) => isSameType(item, other.items[index]))
      : same(one, other);
  }
  const names = new Set([...one.args.named.keys(), ...other.args.named.keys()]);
  return (
    pathOf(one) === pathOf(other) &&
    !one.args.incomplete &&
    !other.args.incomplete &&
    one.args.positional.length === other.args.positional.length &&
    one.args.positional.every((item, index) => isSameType(item, other.args.positional[index])) &&
    [...names].every((name) => isSameType(one.args.named.get(name), other.args.named.get(name)))
  );
}

/** `sa.Text` and `sa.Text()` are one type. */
function pathOf(value: Value | undefined): string | undefined {
  if (value?.kind === 'import') {
    return value.path;
  }
  return value?.kind === 'made' && value.calls === undefined ? value.path : undefined;
}
