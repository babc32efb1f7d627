import type { SyntaxNode } from '@lezer/common';
import type { SourceRange } from '../../finding.ts';
import { childrenOf } from './parse-python.ts';
import { argumentsOf, comprehensionOf, entriesOf, itemsOf, parametersOf, piecesOf } from './parts-of.ts';
import type { Expression } from './python.ts';

export const brackets = new Set(['(', ')', '[', ']', '{', '}', ',', ':']);

export const rangeOf = ({ from, to }: SyntaxNode): SourceRange => ({ start: from, end: to });

export function convertExpression(node: SyntaxNode, source: string): Expression {
  const range = rangeOf(node);
  const children = childrenOf(node);
  const convert = (child: SyntaxNode) => convertExpression(child, source);
  const inner = () => children.filter(({ name }) => !brackets.has(name));
  const other = (): Expression => ({ type: 'other', range, parts: inner().filter(isExpression).map(convert) });
  const [first, second, third] = children;
  switch (node.name) {
    case 'VariableName':
    case 'PropertyName':
      return { type: 'name', range, name: source.slice(node.from, node.to) };
    case 'Number':
      return { type: 'constant', range, value: Number(source.slice(node.from, node.to).replaceAll('_', '')) };
    case 'Boolean':
      return { type: 'constant', range, value: source.slice(node.from, node.to) === 'True' };
    case 'None':
      return { type: 'constant', range, value: null };
    case 'String':
    case 'FormatString':
    case 'ContinuedString':
      return { type: 'string', range, pieces: piecesOf(node, source) };
    case 'ParenthesizedExpression': {
      const [only] = inner();
      return only === undefined ? other() : convert(only);
    }
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'SetExpression':
      return { type: 'sequence', range, items: itemsOf(children, source) };
    case 'DictionaryExpression':
      return { type: 'dictionary', range, entries: entriesOf(inner(), source) };
    case 'MemberExpression': {
      if (first === undefined) return other();
      const property = children.find(({ name }) => name === 'PropertyName');
      if (property !== undefined) {
        return { type: 'attribute', range, object: convert(first), name: source.slice(property.from, property.to) };
      }
      const index = inner().slice(1);
      const [only] = index;
      const isSlice = children.some(({ name }) => name === ':');
      return {
        type: 'subscript',
        range,
        object: convert(first),
        index:
          only === undefined
            ? undefined
            : isSlice || index.length > 1
              ? { type: 'other', range, parts: index.filter(isExpression).map((child) => convert(child)) }
              : convert(only),
      };
    }
    case 'CallExpression':
      return first === undefined || second === undefined
        ? other()
        : { type: 'call', range, callee: convert(first), args: argumentsOf(second, source) };
    case 'BinaryExpression': {
      const operator = children
        .slice(1, -1)
        .map(({ from, to }) => source.slice(from, to))
        .join(' ');
      const right = children.at(-1);
      return first === undefined || right === undefined || children.length < 3
        ? other()
        : { type: 'binary', range, operator, left: convert(first), right: convert(right) };
    }
    case 'UnaryExpression':
      return first === undefined || second === undefined
        ? other()
        : { type: 'unary', range, operator: source.slice(first.from, first.to), operand: convert(second) };
    case 'ConditionalExpression': {
      const otherwise = children[4];
      return first === undefined || third === undefined || otherwise === undefined
        ? other()
        : {
            type: 'conditional',
            range,
            consequence: convert(first),
            test: convert(third),
            otherwise: convert(otherwise),
          };
    }
    case 'LambdaExpression': {
      const parameters = children.find(({ name }) => name === 'ParamList');
      const body = children.at(-1);
      return body === undefined
        ? other()
        : {
            type: 'lambda',
            range,
            parameters: parameters === undefined ? [] : parametersOf(parameters, source),
            body: convert(body),
          };
    }
    case 'ArrayComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'ComprehensionExpression':
      return comprehensionOf(children, range, source) ?? other();
    case 'NamedExpression':
      return first === undefined || third === undefined
        ? other()
        : { type: 'assignment', range, name: source.slice(first.from, first.to), value: convert(third) };
    case 'AwaitExpression':
      return second === undefined ? other() : convert(second);
    default:
      return other();
  }
}

export function convertTuple(nodes: readonly SyntaxNode[], source: string): Expression {
  const [first] = nodes;
  const last = nodes.at(-1);
  if (first === undefined || last === undefined) {
    return { type: 'other', range: { start: 0, end: 0 }, parts: [] };
  }
  return nodes.length === 1
    ? convertExpression(first, source)
    : { type: 'sequence', range: { start: first.from, end: last.to }, items: itemsOf(nodes, source) };
}

export function isExpression({ name }: SyntaxNode): boolean {
  return /^(?:[A-Z]\w*Expression|VariableName|Number|Boolean|None|String|FormatString|ContinuedString)$/.test(name);
}
