import type { Node } from '@pgsql/types';
import { isNullConstant as isNull } from '../syntax/constants.ts';
import { words } from '../syntax/tree.ts';

/** Known if it can be computed without a server. */
export type Value =
  | { readonly known: true; readonly value: string | number | boolean | null }
  | { readonly known: false };

const unknown: Value = { known: false };
const known = (value: string | number | boolean | null): Value => ({ known: true, value });

/** These functions return NULL for NULL. */
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
 * Evaluates by three-valued logic, as far as constants allow.
 *
 * @param columns their known values, e.g. a new column's default; NULL if it has none
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
  if ('BooleanTest' in node) {
    const { arg, booltesttype = '' } = node.BooleanTest;
    const value = evaluate(arg, columns);
    const [, not, tested = ''] = /^IS_(NOT_)?(TRUE|FALSE|UNKNOWN)$/.exec(booltesttype) ?? [];
    const is = value.known && value.value === (tested === 'UNKNOWN' ? null : tested === 'TRUE');
    return value.known && tested !== '' ? known(is === (not === undefined)) : unknown;
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
  // The result is NULL, which a CHECK accepts.
  if (kind !== 'AEXPR_DISTINCT' && kind !== 'AEXPR_NOT_DISTINCT' && left.known && left.value === null) {
    return known(null);
  }
  if (!left.known || right.some((value) => !value.known)) {
    return unknown;
  }
  const test = (value: Value | undefined, how: string) =>
    value?.known === true ? compareOrdered(left.value, value.value, how) : null;
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

function compareOrdered(
  left: string | number | boolean | null,
  right: string | number | boolean | null,
  operator: string,
) {
  if (left === null || right === null) return null;
  const numeric = typeof left === 'number' || typeof right === 'number';
  const [one, other] = numeric ? [Number(left), Number(right)] : [left, right];
  switch (operator) {
    case '=':
      return one === other;
    case '<>':
      return one !== other;
    // Text order depends on the server's collation.
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
