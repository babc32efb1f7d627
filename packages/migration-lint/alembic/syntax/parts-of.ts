import type { SyntaxNode } from '@lezer/common';
import type { SourceRange } from '../../finding.ts';
import { decode } from '../values/text.ts';
import { brackets, convertExpression, convertTuple, isExpression, rangeOf } from './expressions-of.ts';
import { childrenOf } from './parse-python.ts';
import type { Argument, Clause, Expression, Item, Parameter, StringPiece } from './python.ts';

/** Lezer gives these as flat lists. */
export function parametersOf(list: SyntaxNode, source: string): Parameter[] {
  const parameters: Parameter[] = [];
  let kind: Parameter['kind'] = 'plain';
  let takesDefault = false;
  for (const child of childrenOf(list)) {
    if (child.name === '*' || child.name === '**') {
      kind = child.name === '*' ? 'rest' : 'keywords';
    } else if (child.name === 'AssignOp') {
      takesDefault = true;
    } else if (child.name === ',') {
      kind = 'plain';
    } else if (takesDefault) {
      const last = parameters.pop();
      if (last !== undefined) parameters.push({ ...last, defaultValue: convertExpression(child, source) });
      takesDefault = false;
    } else if (child.name === 'VariableName') {
      parameters.push({ name: source.slice(child.from, child.to), kind, defaultValue: undefined });
    }
  }
  return parameters;
}

export function argumentsOf(list: SyntaxNode, source: string): Argument[] {
  const children = childrenOf(list).filter(({ name }) => name !== '(' && name !== ')');
  if (children.some(({ name }) => name === 'for') && !children.some(({ name }) => name === ',')) {
    const generator = comprehensionOf(children, rangeOf(list), source);
    return generator === undefined ? [] : [{ name: undefined, spread: '', value: generator }];
  }
  const args: Argument[] = [];
  for (const group of split(children)) {
    const [first, second, third] = group;
    if (first === undefined) continue;
    if (group.some(({ name }) => name === 'for')) {
      const generator = comprehensionOf(group, rangeOf(first), source);
      if (generator !== undefined) args.push({ name: undefined, spread: '', value: generator });
    } else if (first.name === '*' || first.name === '**') {
      if (second !== undefined)
        args.push({ name: undefined, spread: first.name, value: convertExpression(second, source) });
    } else if (second?.name === 'AssignOp' && source.slice(second.from, second.to) === '=' && third !== undefined) {
      args.push({ name: source.slice(first.from, first.to), spread: '', value: convertExpression(third, source) });
    } else if (second?.name === 'AssignOp' && third !== undefined) {
      args.push({
        name: undefined,
        spread: '',
        value: {
          type: 'assignment',
          range: rangeOf(first),
          name: source.slice(first.from, first.to),
          value: convertExpression(third, source),
        },
      });
    } else {
      args.push({ name: undefined, spread: '', value: convertExpression(first, source) });
    }
  }
  return args;
}

function split(nodes: readonly SyntaxNode[]): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const node of nodes) {
    if (node.name === ',') groups.push([]);
    else groups.at(-1)?.push(node);
  }
  return groups;
}

export function itemsOf(nodes: readonly SyntaxNode[], source: string): Item[] {
  return split(nodes.filter(({ name }) => name === ',' || name === '*' || !brackets.has(name))).flatMap((group) => {
    const value = group.at(-1);
    return value === undefined ? [] : [{ spread: group[0]?.name === '*', value: convertExpression(value, source) }];
  });
}

export function entriesOf(nodes: readonly SyntaxNode[], source: string) {
  const entries: { key: Expression | undefined; value: Expression }[] = [];
  for (let index = 0; index < nodes.length; index += 2) {
    const [key, value] = [nodes[index], nodes[index + 1]];
    if (key !== undefined && value !== undefined) {
      entries.push({
        key: key.name === '**' ? undefined : convertExpression(key, source),
        value: convertExpression(value, source),
      });
    }
  }
  return entries;
}

export function comprehensionOf(
  children: readonly SyntaxNode[],
  range: SourceRange,
  source: string,
): Expression | undefined {
  const nodes = children.filter(({ name }) => name === ',' || (!brackets.has(name) && name !== 'async'));
  const start = nodes.findIndex(({ name }) => name === 'for');
  const [element, value] = nodes;
  if (start < 1 || element === undefined) return undefined;
  const clauses: Clause[] = [];
  let at = start;
  while (nodes[at]?.name === 'for') {
    const inAt = nodes.findIndex(({ name }, index) => index > at && name === 'in');
    const iterable = nodes[inAt + 1];
    if (inAt < 0 || iterable === undefined) return undefined;
    const target = convertTuple(nodes.slice(at + 1, inAt), source);
    const conditions: Expression[] = [];
    at = inAt + 2;
    for (
      let condition = nodes[at + 1];
      nodes[at]?.name === 'if' && condition !== undefined;
      condition = nodes[at + 1]
    ) {
      conditions.push(convertExpression(condition, source));
      at += 2;
    }
    clauses.push({ target, iterable: convertExpression(iterable, source), conditions });
  }
  const isDictionary = start === 2 && value !== undefined;
  return {
    type: 'comprehension',
    range,
    key: isDictionary ? convertExpression(element, source) : undefined,
    element: convertExpression(isDictionary ? value : element, source),
    clauses,
  };
}

export function piecesOf(node: SyntaxNode, source: string): StringPiece[] {
  if (node.name === 'ContinuedString') {
    return childrenOf(node).flatMap((child) => piecesOf(child, source));
  }
  const raw = source.slice(node.from, node.to);
  const [, prefix = '', quote = ''] = /^([a-zA-Z]*)('''|"""|'|")/.exec(raw) ?? [];
  const isRaw = /r/i.test(prefix);
  const isFormat = /f/i.test(prefix);
  const end = node.to - quote.length;
  const pieces: StringPiece[] = [];
  let at = node.from + prefix.length + quote.length;
  for (const child of childrenOf(node)) {
    if (child.name === 'FormatReplacement') {
      pieces.push(decode(source.slice(at, child.from), at, isRaw, isFormat));
      const value = childrenOf(child).find(isExpression);
      const part = (name: string) =>
        childrenOf(child)
          .filter((piece) => piece.name === name)
          .map(({ from, to }) => source.slice(from, to))
          .join('');
      if (value !== undefined) {
        pieces.push({
          value: convertExpression(value, source),
          conversion: part('FormatConversion'),
          format: part('FormatSpec').replace(/\}$/, ''),
        });
      }
      at = child.to;
    }
  }
  pieces.push(decode(source.slice(at, end), at, isRaw, isFormat));
  return pieces;
}
