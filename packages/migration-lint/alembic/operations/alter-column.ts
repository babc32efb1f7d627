import type { SourceRange } from '../../finding.ts';
import type { Run } from '../code/interpreter.ts';
import { isNone, lastOf, noArguments, same, truth, type Value } from '../values/values.ts';
import { identifier, renderDefault, renderType } from './columns.ts';
import { sendSql } from './execute.ts';

/** One statement per change, in Alembic's order. */
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
  const type = given.get('type_');
  if (!isNone(type) && !isSameType(type, given.get('existing_type'))) {
    alter(`TYPE ${renderType(run, type, range)}`);
  }
  const nullable = given.get('nullable');
  if (!isNone(nullable) && nullable !== undefined && !isSameFlag(nullable, given.get('existing_nullable'))) {
    // An unknown value may be false.
    alter(truth(nullable) === true ? 'DROP NOT NULL' : 'SET NOT NULL');
  }
  const standard = given.get('server_default');
  const unchanged =
    standard === undefined ||
    (standard.kind === 'constant' && standard.value === false) ||
    (!isNone(standard) && isSameType(standard, given.get('existing_server_default')));
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

/** Alembic sends it all the same; Postgres then changes nothing. */
function isSameFlag(one: Value, other: Value | undefined): boolean {
  return truth(one) !== undefined && other !== undefined && !isNone(other) && truth(one) === truth(other);
}

function isSameType(one: Value | undefined, other: Value | undefined): boolean {
  const spelling = spellingOf(one);
  if (spelling !== undefined && spelling === spellingOf(other)) {
    return true;
  }
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

/** Types that have several names, and their arguments with and without one. */
const spellings: Readonly<Record<string, { readonly name: string; readonly parameters: readonly string[] }>> = {
  ...named('varchar', ['length'], 'String', 'VARCHAR', 'Unicode'),
  ...named('text', [], 'Text', 'TEXT', 'UnicodeText'),
  ...named('integer', [], 'Integer', 'INTEGER'),
  ...named('bigint', [], 'BigInteger', 'BIGINT'),
  ...named('smallint', [], 'SmallInteger', 'SMALLINT'),
  ...named('boolean', [], 'Boolean', 'BOOLEAN'),
  ...named('timestamp', ['timezone'], 'DateTime', 'TIMESTAMP'),
  ...named('numeric', ['precision', 'scale'], 'Numeric', 'NUMERIC'),
};

function named(name: string, parameters: readonly string[], ...types: readonly string[]) {
  return Object.fromEntries(types.map((type) => [type, { name, parameters }]));
}

function spellingOf(value: Value | undefined): string | undefined {
  const path = pathOf(value);
  const spelling = path?.startsWith('sqlalchemy.') === true ? spellings[lastOf(path)] : undefined;
  if (spelling === undefined || (value?.kind === 'made' && value.args.incomplete)) {
    return undefined;
  }
  const args = value?.kind === 'made' ? value.args : noArguments;
  const given = new Map([
    ...args.positional.map((argument, index) => [spelling.parameters[index] ?? '', argument] as const),
    ...args.named,
  ]);
  const parts = spelling.parameters.map((parameter) => {
    const argument = given.get(parameter);
    given.delete(parameter);
    return argument === undefined || argument.kind !== 'constant' ? argument?.kind : String(argument.value || '');
  });
  const isKnown =
    given.size === 0 && parts.every((part) => part === undefined || part === '' || /^(?:\d+|true)$/.test(part));
  return isKnown ? [spelling.name, ...parts.map((part) => part ?? '')].join(' ') : undefined;
}

function pathOf(value: Value | undefined): string | undefined {
  if (value?.kind === 'import') {
    return value.path;
  }
  return value?.kind === 'made' && value.calls === undefined ? value.path : undefined;
}
