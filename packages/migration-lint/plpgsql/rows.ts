import type { Node, SelectStmt } from '@pgsql/types';
import { fold, foldList, type Known } from '../sql/expressions/fold.ts';
import { parseSql } from '../sql/syntax/parser.ts';

/**
 * The rows of a constant query, as loops over names use: `SELECT unnest(ARRAY['a', 'b']) AS t`, `SELECT t FROM
 * unnest(…) AS t`, `VALUES ('a'), ('b')`.
 */
export function constantRows(
  query: string,
  variables: ReadonlyMap<string, Known>,
): ReadonlyMap<string, Known>[] | undefined {
  const { statements, broken } = parseSql(query);
  const [only, ...more] = statements;
  if (only === undefined || more.length > 0 || broken.length > 0 || !('SelectStmt' in only.node)) {
    return undefined;
  }
  const select = only.node.SelectStmt;
  if (select.whereClause !== undefined || select.withClause !== undefined || select.larg !== undefined) {
    return undefined;
  }
  if (select.valuesLists !== undefined) {
    return valuesRows(select, [], variables);
  }
  const [from, ...others] = select.fromClause ?? [];
  if (others.length > 0) {
    return undefined;
  }
  return from === undefined ? unnestTarget(select, variables) : fromRows(from, variables);
}

function unnestTarget(
  select: SelectStmt,
  variables: ReadonlyMap<string, Known>,
): ReadonlyMap<string, Known>[] | undefined {
  const [target, ...more] = select.targetList ?? [];
  if (target === undefined || more.length > 0 || !('ResTarget' in target)) {
    return undefined;
  }
  return unnestRows(target.ResTarget.val, target.ResTarget.name ?? 'unnest', variables);
}

function fromRows(from: Node, variables: ReadonlyMap<string, Known>): ReadonlyMap<string, Known>[] | undefined {
  if ('RangeFunction' in from) {
    const { functions, alias } = from.RangeFunction;
    const [first] = functions ?? [];
    const call = first !== undefined && 'List' in first ? first.List.items?.[0] : undefined;
    return unnestRows(call, names(alias?.colnames)[0] ?? alias?.aliasname ?? 'unnest', variables);
  }
  if (
    'RangeSubselect' in from &&
    from.RangeSubselect.subquery !== undefined &&
    'SelectStmt' in from.RangeSubselect.subquery
  ) {
    const select = from.RangeSubselect.subquery.SelectStmt;
    return select.valuesLists === undefined
      ? undefined
      : valuesRows(select, names(from.RangeSubselect.alias?.colnames), variables);
  }
  return undefined;
}

function unnestRows(call: Node | undefined, name: string, variables: ReadonlyMap<string, Known>) {
  if (call === undefined || !('FuncCall' in call)) {
    return undefined;
  }
  const [argument] = call.FuncCall.args ?? [];
  const isUnnest = names(call.FuncCall.funcname).at(-1) === 'unnest';
  return isUnnest ? foldList(argument, variables)?.map((item) => new Map<string, Known>([[name, item]])) : undefined;
}

function valuesRows(select: SelectStmt, columns: readonly string[], variables: ReadonlyMap<string, Known>) {
  return (select.valuesLists ?? []).map((list) => {
    const row = new Map<string, Known>();
    const items = 'List' in list ? (list.List.items ?? []) : [];
    items.forEach((item, index) => {
      const value = fold(item, variables);
      if (value !== undefined) {
        row.set(columns[index] ?? `column${index + 1}`, value);
      }
    });
    return row;
  });
}

function names(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}
