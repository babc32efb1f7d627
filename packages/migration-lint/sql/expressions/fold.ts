import type { Node } from '@pgsql/types';
import { nameWords, words } from '../syntax/tree.ts';
import { format, quoteIdentifier, quoteLiteral } from './format.ts';

/**
 * Text known without running anything. Unknown parts become a name no database contains, so that the rest can be
 * judged; `exact`: there are none.
 */
export interface Folded {
  readonly text: string;
  readonly exact: boolean;
}

export type Known = Folded | readonly Folded[];

export const placeholder = 'meho_unknown';
export const unfolded: Folded = { text: placeholder, exact: false };

export function isList(value: Known | undefined): value is readonly Folded[] {
  return Array.isArray(value);
}

export function foldText(node: Node | undefined, variables: ReadonlyMap<string, Known>): Folded {
  const value = fold(node, variables);
  return value === undefined || isList(value) ? unfolded : value;
}

export function foldList(node: Node | undefined, variables: ReadonlyMap<string, Known>): readonly Folded[] | undefined {
  const value = fold(node, variables);
  return isList(value) ? value : undefined;
}

export function fold(node: Node | undefined, variables: ReadonlyMap<string, Known>): Known | undefined {
  if (node === undefined) {
    return undefined;
  }
  if ('A_Const' in node) {
    const { sval, ival, fval, boolval, isnull } = node.A_Const;
    if (isnull === true) return undefined;
    if (sval !== undefined) return { text: sval.sval ?? '', exact: true };
    if (fval !== undefined) return { text: fval.fval ?? '', exact: true };
    if (boolval !== undefined) return { text: String(boolval.boolval ?? false), exact: true };
    return ival === undefined ? undefined : { text: String(ival.ival ?? 0), exact: true };
  }
  if ('TypeCast' in node) {
    return castOf(
      fold(node.TypeCast.arg, variables),
      nameWords(node.TypeCast.typeName === undefined ? undefined : { TypeName: node.TypeCast.typeName }),
      node,
    );
  }
  if ('ColumnRef' in node) {
    return variables.get(words(node.ColumnRef.fields).join('.'));
  }
  if ('ParamRef' in node) {
    return variables.get(`$${node.ParamRef.number ?? 0}`);
  }
  if ('A_ArrayExpr' in node) {
    return (node.A_ArrayExpr.elements ?? []).map((element) => foldText(element, variables));
  }
  if ('CollateClause' in node) {
    return fold(node.CollateClause.arg, variables);
  }
  if ('A_Expr' in node && words(node.A_Expr.name).at(-1) === '||') {
    return join([foldText(node.A_Expr.lexpr, variables), foldText(node.A_Expr.rexpr, variables)]);
  }
  if ('FuncCall' in node) {
    const name = words(node.FuncCall.funcname);
    return name.length > 1 && name[0] !== 'pg_catalog'
      ? undefined
      : call(name.at(-1) ?? '', node.FuncCall.args ?? [], variables);
  }
  return undefined;
}

function join(parts: readonly Folded[], separator = ''): Folded {
  return { text: parts.map(({ text }) => text).join(separator), exact: parts.every(({ exact }) => exact) };
}

function castOf(value: Known | undefined, type: readonly string[], node: Node): Known | undefined {
  const isArray = 'TypeCast' in node && (node.TypeCast.typeName?.arrayBounds?.length ?? 0) > 0;
  if (isArray && value !== undefined && !isList(value)) {
    // '{a,b}'::text[]; quoted items are rare and stay unknown.
    return /^\{[^"\\{}]*\}$/.test(value.text)
      ? value.text
          .slice(1, -1)
          .split(',')
          .map((item) => ({ text: item.trim(), exact: value.exact }))
      : undefined;
  }
  const changesText =
    !isArray &&
    !['text', 'varchar', 'name', 'bpchar', 'regclass', 'regtype', 'int4', 'int8'].includes(type.at(-1) ?? '');
  return changesText ? undefined : value;
}

function call(name: string, args: readonly Node[], variables: ReadonlyMap<string, Known>): Known | undefined {
  const texts = args.map((arg) => foldText(arg, variables));
  const [first = unfolded, second = unfolded, third = unfolded] = texts;
  const map = (change: (text: string) => string) => (first.exact ? { text: change(first.text), exact: true } : first);
  switch (name) {
    case 'format':
      return format(first, texts.slice(1));
    case 'quote_ident':
      return map(quoteIdentifier);
    case 'quote_literal':
    case 'quote_nullable':
      return map(quoteLiteral);
    case 'concat':
      return join(texts);
    case 'concat_ws':
      return first.exact ? join(texts.slice(1), first.text) : unfolded;
    case 'lower':
      return map((text) => text.toLowerCase());
    case 'upper':
      return map((text) => text.toUpperCase());
    case 'btrim':
      return texts.length === 1 ? map((text) => text.trim()) : undefined;
    case 'reverse':
      return map((text) => [...text].reverse().join(''));
    case 'chr':
      return map((text) => String.fromCodePoint(Number(text)));
    case 'replace':
      return texts.every(({ exact }) => exact) ? map((text) => text.replaceAll(second.text, third.text)) : undefined;
    case 'string_to_array':
    case 'regexp_split_to_array':
      return name === 'string_to_array' && first.exact && second.exact
        ? first.text.split(second.text).map((text) => ({ text, exact: true }))
        : undefined;
    case 'array_to_string': {
      const list = foldList(args[0], variables);
      return list === undefined || !second.exact ? undefined : join(list, second.text);
    }
    default:
      return undefined;
  }
}
