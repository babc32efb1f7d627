import type { SourceRange } from '../../finding.ts';
import type { Run } from '../code/interpreter.ts';
import { isNone, type LibraryObject, lastOf, none, type Value } from '../values/values.ts';
import { identifier, isTrue, mayBeTrue, type RenderedColumn, renderColumn, renderExpression } from './columns.ts';

export function indexStatement(run: Run, table: string, given: ReadonlyMap<string, Value>, range: SourceRange): string {
  // Unknown counts as the worse case for N.
  const unless = (key: string, sql: string) => (mayBeTrue(given.get(key)) ? sql : '');
  const concurrently = isTrue(given.get('postgresql_concurrently')) === true ? 'CONCURRENTLY ' : '';
  const name = isNone(given.get('index_name'))
    ? '"meho_unknown"'
    : identifier(run.textOf(given.get('index_name'), range).text);
  const nulls = unless('postgresql_nulls_not_distinct', ' NULLS NOT DISTINCT');
  const where = given.get('postgresql_where');
  const condition = isNone(where) ? '' : ` WHERE ${renderExpression(where)}`;
  const items = itemsOf(run, given.get('columns'), range);
  return `CREATE ${unless('unique', 'UNIQUE ')}INDEX ${concurrently}${unless('if_not_exists', 'IF NOT EXISTS ')}${name} ON ${table} (${items})${nulls}${condition}`;
}

/** The index that a column asks for; a unique one instead of a constraint. */
export function indexOfColumn(table: string, { name, isUnique, isIndexed }: RenderedColumn): string | undefined {
  const index = `ix_${`${table}_${name}`.replaceAll('"', '').replaceAll('.', '_')}`;
  return isIndexed
    ? `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${identifier(index)} ON ${table} (${identifier(name)})`
    : undefined;
}

/** What an item of create_table adds in a statement of its own. */
export function indexOfItem(run: Run, table: string, item: Value, range: SourceRange): string | undefined {
  if (item.kind === 'made' && lastOf(item.path) === 'Index') {
    const [name, ...columns] = item.args.positional;
    const given = new Map(item.args.named);
    given.set('index_name', name ?? none);
    given.set('columns', { kind: 'list', items: columns });
    return indexStatement(run, table, given, range);
  }
  const column = renderColumn(run, item, range);
  return column === undefined ? undefined : indexOfColumn(table, column);
}

/** Columns by name; expressions from `sa.text(…)` or SQL functions. */
function itemsOf(run: Run, value: Value | undefined, range: SourceRange): string {
  const items = value?.kind === 'list' ? value.items : [value];
  return (
    items
      .map((item) => (item?.kind === 'made' ? renderItem(item) : identifier(run.textOf(item, range).text)))
      .join(', ') || '"meho_unknown"'
  );
}

function renderItem(item: LibraryObject): string {
  const [first] = item.args.positional;
  if (/^(?:desc|asc|nulls_?first|nulls_?last)$/.test(lastOf(item.path)) && first?.kind === 'made') {
    return renderItem(first);
  }
  const text = renderExpression(item);
  // `sa.text("created_at DESC")` is a sorted column, not an expression.
  return /^"?\w+"?(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?$/i.test(text) ? text : `(${text})`;
}
