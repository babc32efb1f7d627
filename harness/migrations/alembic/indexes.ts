import type { SourceRange } from '../finding.ts';
import { identifier, is, maybe, renderExpression } from './columns.ts';
import type { Run } from './interpreter.ts';
import { isNone, lastOf, type Made, type Value } from './values.ts';

/** `op.create_index` as `CREATE INDEX`, with all that decides which rows of N it takes. */
export function indexStatement(run: Run, table: string, given: ReadonlyMap<string, Value>, range: SourceRange): string {
  // What isn't known is taken for what is worse for N.
  const unless = (key: string, sql: string) => (maybe(given.get(key)) ? sql : '');
  const concurrently = is(given.get('postgresql_concurrently')) === true ? 'CONCURRENTLY ' : '';
  const name = isNone(given.get('index_name'))
    ? '"meho_unknown"'
    : identifier(run.textOf(given.get('index_name'), range).text);
  const nulls = unless('postgresql_nulls_not_distinct', ' NULLS NOT DISTINCT');
  const where = given.get('postgresql_where');
  const condition = isNone(where) ? '' : ` WHERE ${renderExpression(where)}`;
  const items = itemsOf(run, given.get('columns'), range);
  return `CREATE ${unless('unique', 'UNIQUE ')}INDEX ${concurrently}${unless('if_not_exists', 'IF NOT EXISTS ')}${name} ON ${table} (${items})${nulls}${condition}`;
}

/** Columns by name; expressions as `sa.text(…)` or of SQL functions. */
function itemsOf(run: Run, value: Value | undefined, range: SourceRange): string {
  const items = value?.kind === 'list' ? value.items : [value];
  return (
    items
      .map((item) => (item?.kind === 'made' ? renderItem(item) : identifier(run.textOf(item, range).text)))
      .join(', ') || '"meho_unknown"'
  );
}

function renderItem(item: Made): string {
  const [first] = item.args.positional;
  if (/^(?:desc|asc|nulls_?first|nulls_?last)$/.test(lastOf(item.path)) && first?.kind === 'made') {
    return renderItem(first);
  }
  const text = renderExpression(item);
  // `sa.text("created_at DESC")` is a column with an order, not an expression.
  return /^"?\w+"?(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?$/i.test(text) ? text : `(${text})`;
}
