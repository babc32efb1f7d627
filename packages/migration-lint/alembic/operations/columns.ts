import type { SourceRange } from '../../finding.ts';
import { quoteLiteral } from '../../sql/expressions/format.ts';
import type { Run } from '../code/interpreter.ts';
import { type Arguments, isNone, type LibraryObject, lastOf, truth, type Value } from '../values/values.ts';

/** Other types print under their Python name. */
const types: Readonly<Record<string, string>> = {
  Text: 'text',
  String: 'varchar',
  Unicode: 'varchar',
  UnicodeText: 'text',
  VARCHAR: 'varchar',
  TEXT: 'text',
  CHAR: 'char',
  Integer: 'integer',
  INTEGER: 'integer',
  BigInteger: 'bigint',
  BIGINT: 'bigint',
  SmallInteger: 'smallint',
  Boolean: 'boolean',
  BOOLEAN: 'boolean',
  DateTime: 'timestamp',
  TIMESTAMP: 'timestamp',
  Date: 'date',
  Time: 'time',
  Interval: 'interval',
  Numeric: 'numeric',
  NUMERIC: 'numeric',
  Float: 'double precision',
  Double: 'double precision',
  LargeBinary: 'bytea',
  BYTEA: 'bytea',
  JSON: 'json',
  JSONB: 'jsonb',
  UUID: 'uuid',
  Uuid: 'uuid',
  INET: 'inet',
  CIDR: 'cidr',
  TSVECTOR: 'tsvector',
  HSTORE: 'hstore',
  CITEXT: 'citext',
  Vector: 'vector',
  HALFVEC: 'halfvec',
  Geometry: 'geometry',
  Geography: 'geography',
  OID: 'oid',
  BIT: 'bit',
  MONEY: 'money',
  MACADDR: 'macaddr',
  INTERVAL: 'interval',
  DOUBLE_PRECISION: 'double precision',
  REAL: 'real',
  DATE: 'date',
  TIME: 'time',
  NullType: 'text',
};

/** Quotes always, so that Postgres keeps the spelling. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function qualified(run: Run, name: Value | undefined, schema: Value | undefined, range: SourceRange): string {
  const table = identifier(run.textOf(name, range).text);
  return isNone(schema) ? table : `${identifier(run.textOf(schema, range).text)}.${table}`;
}

/** Takes a name, `sa.table("t")` or `sa.Table("t", …)`. */
export function tableNameOf(run: Run, value: Value | undefined, range: SourceRange): string {
  if (value?.kind === 'made' && /^table$/i.test(lastOf(value.path))) {
    return qualified(run, value.args.positional[0], value.args.named.get('schema'), range);
  }
  return value?.kind === 'text' ? identifier(value.text.text) : identifier(run.textOf(undefined, range).text);
}

export interface RenderedColumn {
  readonly name: string;
  /** Type, default and what else stands in every definition of the column. */
  readonly parts: readonly string[];
  /** Of a primary key, which ADD COLUMN doesn't make. */
  readonly isKey: boolean;
  readonly isUnique: boolean;
  readonly isIndexed: boolean;
  readonly references: readonly { readonly name: string | undefined; readonly sql: string }[];
  /** Constraints of the type, which stand by themselves. */
  readonly checks: readonly { readonly name: string | undefined; readonly condition: string }[];
}

export function renderColumn(run: Run, value: Value | undefined, range: SourceRange): RenderedColumn | undefined {
  if (value?.kind !== 'made' || !/(?:^|\.)(?:Column|mapped_column)$/.test(value.path) || value.args.incomplete) {
    return undefined;
  }
  const { positional, named } = value.args;
  const byName = named.get('name');
  const rest = byName === undefined ? positional.slice(1) : positional;
  const name = run.textOf(byName ?? positional[0], range).text;
  const extras = rest.flatMap((item) => (item.kind === 'made' ? [item] : []));
  const type = named.get('type_') ?? rest.find((item) => !isConstraint(item));
  const isKey = isTrue(named.get('primary_key')) === true;
  const nullable = named.get('nullable');
  const given = named.get('server_default');
  const references = extras.filter(({ path }) => lastOf(path) === 'ForeignKey');
  const counts = named.get('autoincrement');
  const isCounted =
    isKey && !extras.some(isConstraint) && isNone(given) && (counts === undefined || truth(counts) !== false);
  const written = renderType(run, type, range);
  const parts = [(isCounted ? serials[written] : undefined) ?? written];
  // An unknown `nullable` may be false.
  if (isKey || (nullable !== undefined && truth(nullable) !== true)) parts.push('NOT NULL');
  if (!isNone(given)) parts.push(`DEFAULT ${renderDefault(run, given, range)}`);
  for (const extra of extras) parts.push(...renderExtra(extra));
  return {
    name,
    parts,
    isKey,
    isUnique: mayBeTrue(named.get('unique')),
    isIndexed: mayBeTrue(named.get('index')),
    references: references.map(({ args }) => ({
      name: constraintName(run, args.named.get('name'), range),
      sql: renderReference(run, args, range),
    })),
    checks: checkOfType(run, name, type, range),
  };
}

/** The definition within CREATE TABLE, which makes the index, unique or not, in a statement of its own. */
function definition({ name, parts, isKey, isUnique, isIndexed, references }: RenderedColumn): string {
  return [
    identifier(name),
    ...parts,
    ...(isKey ? ['PRIMARY KEY'] : []),
    ...(isUnique && !isIndexed ? ['UNIQUE'] : []),
    ...references.map(({ sql }) => sql),
  ].join(' ');
}

/** What SQLAlchemy writes for the integer key that the database counts. */
const serials: Readonly<Record<string, string>> = { integer: 'serial', bigint: 'bigserial', smallint: 'smallserial' };

function constraintName(run: Run, value: Value | undefined, range: SourceRange): string | undefined {
  return isNone(value) ? undefined : run.textOf(value, range).text;
}

function renderReference(run: Run, { positional, named }: Arguments, range: SourceRange): string {
  const parts = run.textOf(positional[0], range).text.split('.');
  const table = (parts.length > 1 ? parts.slice(0, -1) : parts).map(identifier).join('.');
  const notValid = isTrue(named.get('postgresql_not_valid')) === true ? ' NOT VALID' : '';
  return `REFERENCES ${table}${onDelete(named.get('ondelete'))}${deferral(named)}${notValid}`;
}

/** Unknown counts as the default, which N can rely on. */
export function deferral(named: ReadonlyMap<string, Value>): string {
  const deferrable = isTrue(named.get('deferrable')) === true ? ' DEFERRABLE' : '';
  const initially = named.get('initially');
  const isDeferred = initially?.kind === 'text' && /^deferred$/i.test(initially.text.text);
  return `${deferrable}${isDeferred ? ' INITIALLY DEFERRED' : ''}`;
}

/** An enum that is no type of the database is a text with a CHECK, if it asks for one. */
function checkOfType(run: Run, column: string, type: Value | undefined, range: SourceRange): RenderedColumn['checks'] {
  if (type?.kind !== 'made' || lastOf(type.path) !== 'Enum') {
    return [];
  }
  const { positional, named } = type.args;
  const isNative = named.get('native_enum');
  if (isNative === undefined || truth(isNative) === true || !mayBeTrue(named.get('create_constraint'))) {
    return [];
  }
  const texts = positional.flatMap((item) => (item.kind === 'text' && item.text.exact ? [item.text.text] : []));
  const condition =
    texts.length === positional.length
      ? `${identifier(column)} IN (${texts.map(quoteLiteral).join(', ')})`
      : 'meho_unknown()';
  return [{ name: constraintName(run, named.get('name'), range), condition }];
}

function renderExtra(extra: LibraryObject): string[] {
  const [first] = extra.args.positional;
  switch (lastOf(extra.path)) {
    case 'CheckConstraint':
      return [`CHECK (${renderExpression(first)})`];
    case 'Identity':
      return ['GENERATED BY DEFAULT AS IDENTITY'];
    case 'Computed':
      return [`GENERATED ALWAYS AS (${renderExpression(first)})${storage(extra.args.named.get('persisted'))}`];
    default:
      return [];
  }
}

/** An unknown action may be none. */
export function onDelete(value: Value | undefined): string {
  const action = value?.kind === 'text' && value.text.exact ? value.text.text.toUpperCase() : '';
  return /^(?:CASCADE|SET NULL|SET DEFAULT|RESTRICT|NO ACTION)$/.test(action) ? ` ON DELETE ${action}` : '';
}

/** Without `persisted`, SQLAlchemy writes no keyword for Postgres 18 and in SQL mode, and STORED for 17. */
function storage(persisted: Value | undefined): string {
  const known = persisted === undefined || isNone(persisted) ? undefined : truth(persisted);
  return known === undefined ? '' : known ? ' STORED' : ' VIRTUAL';
}

/** Anything but columns and foreign keys of a new table doesn't affect N. */
export function renderTableItem(run: Run, value: Value, range: SourceRange): string | undefined {
  const column = renderColumn(run, value, range);
  if (column !== undefined) {
    return definition(column);
  }
  if (value.kind === 'made' && lastOf(value.path) === 'ForeignKeyConstraint') {
    const [, remote] = value.args.positional;
    const first = remote?.kind === 'list' ? run.textOf(remote.items[0], range).text.split('.') : ['meho_unknown', 'x'];
    const table = first.slice(0, -1).map(identifier).join('.') || identifier('meho_unknown');
    return `FOREIGN KEY (x) REFERENCES ${table}${onDelete(value.args.named.get('ondelete'))}`;
  }
  return undefined;
}

/** Takes text, `sa.text(…)`, columns and SQL functions of those; anything else is unknown. */
export function renderExpression(value: Value | undefined): string {
  if (value?.kind === 'text') {
    return value.text.exact ? value.text.text : 'meho_unknown()';
  }
  if (value?.kind !== 'made' || value.calls !== undefined) {
    return 'meho_unknown()';
  }
  const { positional } = value.args;
  if (/(?:^|\.)(?:text|literal_column)$/.test(value.path)) {
    return renderExpression(positional[0]);
  }
  if (/(?:^|\.)column$/.test(value.path) && positional[0]?.kind === 'text') {
    return identifier(positional[0].text.text);
  }
  const [, called] = /\.func\.(\w+)$/.exec(value.path) ?? [];
  return called === undefined ? 'meho_unknown()' : `${called}(${positional.map(renderArgument).join(', ')})`;
}

function renderArgument(value: Value): string {
  return value.kind === 'text' && value.text.exact ? quoteLiteral(value.text.text) : renderExpression(value);
}

export function renderDefault(run: Run, value: Value | undefined, range: SourceRange): string {
  if (value?.kind === 'text') {
    return value.text.exact ? quoteLiteral(value.text.text) : 'meho_unknown()';
  }
  if (value?.kind === 'constant') {
    return value.value === null ? 'NULL' : String(value.value);
  }
  if (value?.kind !== 'made') {
    return 'meho_unknown()';
  }
  const name = lastOf(value.path);
  if (name === 'text' || name === 'literal_column') return renderExpression({ ...value, path: 'sqlalchemy.text' });
  if (name === 'true' || name === 'false' || name === 'null') return name;
  if (name === 'literal' || name === 'DefaultClause') return renderDefault(run, value.args.positional[0], range);
  // The standard and SQLAlchemy write these without parentheses.
  if (
    /\bfunc\.(?:current_(?:date|time|timestamp|user|role)|localtime|localtimestamp|session_user|user)$/.test(value.path)
  ) {
    return name.toUpperCase();
  }
  if (/(?:^|\.)func\./.test(value.path))
    return value.args.positional.length === 0
      ? `${name}()`
      : `${name}(${value.args.positional.map((arg) => renderDefault(run, arg, range)).join(', ')})`;
  return 'meho_unknown()';
}

export function renderType(run: Run, value: Value | undefined, range: SourceRange): string {
  const path = value?.kind === 'made' || value?.kind === 'import' ? value.path : undefined;
  const name = path === undefined ? undefined : lastOf(path);
  if (name === undefined || value === undefined) {
    return identifier('meho_unknown');
  }
  const args = value.kind === 'made' ? value.args : undefined;
  if (name === 'ARRAY') return `${renderType(run, args?.positional[0], range)}[]`;
  // An enum accepts NULL, whatever its name; only a domain may refuse it.
  if (/^enum$/i.test(name)) return 'text';
  if (/^domain$/i.test(name)) return identifier(run.textOf(args?.named.get('name') ?? args?.positional[0], range).text);
  if (name === 'DateTime' && isTrue(args?.named.get('timezone')) === true) return 'timestamptz';
  return types[name] ?? identifier(name);
}

function isConstraint(value: Value): boolean {
  return (
    value.kind === 'made' &&
    /^(?:ForeignKey|CheckConstraint|Identity|Computed|Sequence|FetchedValue|DefaultClause)$/.test(lastOf(value.path))
  );
}

/** True unless known to be false. */
export function mayBeTrue(value: Value | undefined): boolean {
  return isTrue(value) !== false;
}

export function isTrue(value: Value | undefined): boolean | undefined {
  return value === undefined ? false : truth(value);
}
