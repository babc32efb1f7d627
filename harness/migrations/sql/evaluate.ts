import type { Node } from '@pgsql/types';
import { isNullConstant as isNull } from './constants.ts';
import { words } from './tree.ts';

/** A value of an expression as far as it can be told without a server. */
export type Value =
  | { readonly known: true; readonly value: string | number | boolean | null }
  | { readonly known: false };

const unknown: Value = { known: false };
const known = (value: string | number | boolean | null): Value => ({ known: true, value });

/** Built-in functions that answer NULL for NULL and are easily computed. */
const functions: ReadonlyMap<string, (text: string) => string | number> = new Map<
  string,
  (text: string) => string | number
>([
  ['length', (text) => [...text].length],
  ['char_length', (text) => [...text].length],
  ['character_length', (text) => [...text].length],
  ['lower', (text) => text.toLowerCase()],
  ['upper', (text) => text.toUpperCase()],
  ['btrim', (text) => text.trim()],
]);

/**
 * Computes a CHECK expression in three-valued logic, so far as constants go.
 *
 * @param columns the value of each column that is known, e.g. a new column's default, or NULL where it has none
 */
export function evaluate(node: Node | undefined, columns: ReadonlyMap<string, Node | undefined>): Value {
  if (node === undefined) {
    return unknown;
  }
  if ('A_Const' in node) {
    return constant(node);
  }
  if ('TypeCast' in node) {
    return evaluate(node.TypeCast.arg, columns);
  }
  if ('ColumnRef' in node) {
    const name = words(node.ColumnRef.fields).at(-1) ?? '';
    const value = columns.get(name);
    return columns.has(name) ? (value === undefined ? known(null) : evaluate(value, new Map())) : unknown;
  }
  if ('NullTest' in node) {
    const value = evaluate(node.NullTest.arg, columns);
    return value.known ? known((value.value === null) === (node.NullTest.nulltesttype === 'IS_NULL')) : unknown;
  }
  if ('BoolExpr' in node) {
    return logic(
      node.BoolExpr.boolop ?? '',
      (node.BoolExpr.args ?? []).map((arg) => evaluate(arg, columns)),
    );
  }
  if ('A_Expr' in node) {
    const { kind, name, lexpr, rexpr } = node.A_Expr;
    return compare(kind ?? '', words(name).at(-1) ?? '', evaluate(lexpr, columns), listOf(rexpr, columns));
  }
  if ('FuncCall' in node) {
    const name = words(node.FuncCall.funcname);
    const compute = name.length === 1 || name[0] === 'pg_catalog' ? functions.get(name.at(-1) ?? '') : undefined;
    const [argument, ...more] = node.FuncCall.args ?? [];
    const value = evaluate(argument, columns);
    if (compute === undefined || more.length > 0 || !value.known) {
      return unknown;
    }
    return value.value === null ? known(null) : known(compute(String(value.value)));
  }
  return unknown;
}

function constant(node: Node): Value {
  if (isNull(node)) {
    return known(null);
  }
  if (!('A_Const' in node)) {
    return unknown;
  }
  const { ival, fval, sval, boolval } = node.A_Const;
  if (sval !== undefined) return known(sval.sval ?? '');
  if (boolval !== undefined) return known(boolval.boolval ?? false);
  if (fval !== undefined) return known(Number(fval.fval));
  return ival === undefined ? unknown : known(ival.ival ?? 0);
}

function listOf(node: Node | undefined, columns: ReadonlyMap<string, Node | undefined>): Value[] {
  if (node !== undefined && 'List' in node) {
    return (node.List.items ?? []).map((item) => evaluate(item, columns));
  }
  return [evaluate(node, columns)];
}

function logic(operator: string, values: readonly Value[]): Value {
  const decided = operator === 'OR_EXPR';
  if (operator === 'NOT_EXPR') {
    const [value] = values;
    return value?.known === true ? known(value.value === null ? null : value.value !== true) : unknown;
  }
  if (values.some((value) => value.known && value.value === decided)) return known(decided);
  if (values.some((value) => !value.known)) return unknown;
  return known(values.some((value) => value.known && value.value === null) ? null : !decided);
}

function compare(kind: string, operator: string, left: Value, right: readonly Value[]): Value {
  // Comparing with NULL gives NULL, which a CHECK accepts, whatever the other side is.
  if (kind !== 'AEXPR_DISTINCT' && kind !== 'AEXPR_NOT_DISTINCT' && left.known && left.value === null) {
    return known(null);
  }
  if (!left.known || right.some((value) => !value.known)) {
    return unknown;
  }
  const test = (value: Value | undefined, how: string) =>
    value?.known === true ? ordered(left.value, value.value, how) : null;
  const [first, second] = right;
  if (kind === 'AEXPR_IN') {
    const results = right.map((value) => test(value, '='));
    const found = results.includes(true) ? true : results.includes(null) ? null : false;
    return known(found === null ? null : operator === '=' ? found : !found);
  }
  if (kind === 'AEXPR_BETWEEN') {
    const bounds = [test(first, '>='), test(second, '<=')];
    return logic(
      'AND_EXPR',
      bounds.map((bound) => (bound === undefined ? unknown : known(bound))),
    );
  }
  if (kind !== 'AEXPR_OP') {
    return unknown;
  }
  const result = test(first, operator);
  return result === undefined ? unknown : known(result);
}

function ordered(left: string | number | boolean | null, right: string | number | boolean | null, operator: string) {
  if (left === null || right === null) return null;
  const numeric = typeof left === 'number' || typeof right === 'number';
  const [one, other] = numeric ? [Number(left), Number(right)] : [left, right];
  switch (operator) {
    case '=':
      return one === other;
    case '<>':
      return one !== other;
    // Text sorts by collation, which only the server knows.
    case '<':
      return numeric ? one < other : undefined;
    case '>':
      return numeric ? one > other : undefined;
    case '<=':
      return numeric ? one <= other : undefined;
    case '>=':
      return numeric ? one >= other : undefined;
    default:
      return undefined;
  }
}
