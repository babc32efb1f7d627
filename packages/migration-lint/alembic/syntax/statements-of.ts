import type { SyntaxNode } from '@lezer/common';
import { convertExpression, convertTuple, isExpression, rangeOf } from './expressions-of.ts';
import { childrenOf } from './parse-python.ts';
import { argumentsOf, parametersOf } from './parts-of.ts';
import type { Block, Expression, Statement } from './python.ts';

export function convertBlock(nodes: readonly SyntaxNode[], source: string): Block {
  return nodes
    .filter(({ name }) => /Statement$|Definition$|^StatementGroup$/.test(name))
    .flatMap((node) => convertStatement(node, source));
}

function bodyOf(node: SyntaxNode | undefined, source: string): Block {
  return node === undefined ? [] : convertBlock(childrenOf(node), source);
}

function convertStatement(node: SyntaxNode, source: string, decorators: readonly string[] = []): Statement[] {
  const range = rangeOf(node);
  const children = childrenOf(node);
  const text = ({ from, to }: SyntaxNode) => source.slice(from, to);
  const bodies = children.filter(({ name }) => name === 'Body').map((body) => bodyOf(body, source));
  const expressions = children.filter(isExpression);
  const [first] = expressions;
  const header = convertTuple(expressions, source);
  const after = (keyword: string) => children[children.findIndex(({ name }) => name === keyword) + 1];
  switch (node.name) {
    case 'ExpressionStatement':
      return first === undefined ? [] : [{ type: 'expression', range, value: header }];
    case 'AssignStatement':
      return assignments(children, range, source);
    case 'UpdateStatement': {
      const value = expressions.at(-1);
      const operator = children.find(({ name }) => name === 'UpdateOp');
      return first === undefined || value === undefined || operator === undefined
        ? []
        : [
            {
              type: 'assign',
              range,
              targets: [convertExpression(first, source)],
              operator: text(operator).slice(0, -1),
              value: convertExpression(value, source),
            },
          ];
    }
    case 'IfStatement': {
      const hasElse = children.some(({ name }) => name === 'else');
      const branches = expressions.map((test, index) => ({
        test: convertExpression(test, source),
        body: bodies[index] ?? [],
      }));
      return [{ type: 'if', range, branches, otherwise: hasElse ? (bodies.at(-1) ?? []) : [] }];
    }
    case 'ForStatement': {
      const inAt = children.findIndex(({ name }) => name === 'in');
      const target = convertTuple(
        children.slice(0, inAt).filter(({ name }) => name !== 'for' && name !== 'async'),
        source,
      );
      const iterable = convertTuple(
        children.slice(inAt + 1).filter((child) => isExpression(child) || child.name === ','),
        source,
      );
      return [{ type: 'for', range, target, iterable, body: bodies[0] ?? [], otherwise: bodies[1] ?? [] }];
    }
    case 'WhileStatement':
      return [{ type: 'while', range, test: header, body: bodies[0] ?? [], otherwise: bodies[1] ?? [] }];
    case 'WithStatement':
      return [{ type: 'with', range, items: withItems(children, source), body: bodies[0] ?? [] }];
    case 'TryStatement': {
      const named = (keyword: string) =>
        children.flatMap(({ name }, index) =>
          name === keyword
            ? [
                bodyOf(
                  children.slice(index).find((child) => child.name === 'Body'),
                  source,
                ),
              ]
            : [],
        );
      return [
        {
          type: 'try',
          range,
          body: bodies[0] ?? [],
          handlers: named('except'),
          otherwise: named('else')[0] ?? [],
          finale: named('finally')[0] ?? [],
        },
      ];
    }
    case 'MatchStatement': {
      const clauses = children.flatMap((child) => (child.name === 'MatchBody' ? childrenOf(child) : []));
      return [
        {
          type: 'match',
          range,
          subject: header,
          bodies: clauses.map((clause) =>
            bodyOf(
              childrenOf(clause).find(({ name }) => name === 'Body'),
              source,
            ),
          ),
        },
      ];
    }
    case 'ReturnStatement':
      return [{ type: 'return', range, value: first === undefined ? undefined : header }];
    case 'FunctionDefinition': {
      const parameters = children.find(({ name }) => name === 'ParamList');
      const name = after('def');
      return [
        {
          type: 'function',
          range,
          name: name === undefined ? '' : text(name),
          parameters: parameters === undefined ? [] : parametersOf(parameters, source),
          body: bodies[0] ?? [],
          decorators,
        },
      ];
    }
    case 'ClassDefinition': {
      const name = after('class');
      const bases = children.find((child) => child.name === 'ArgList');
      return [
        {
          type: 'class',
          range,
          name: name === undefined ? '' : text(name),
          bases: bases === undefined ? [] : argumentsOf(bases, source),
          body: bodies[0] ?? [],
          decorators,
        },
      ];
    }
    case 'DecoratedStatement': {
      const names = children
        .filter(({ name }) => name === 'Decorator')
        .map((decorator) =>
          text(decorator)
            .replace(/^@\s*/, '')
            .replace(/\([\s\S]*$/, '')
            .trim(),
        );
      return children
        .filter(({ name }) => name.endsWith('Definition'))
        .flatMap((child) => convertStatement(child, source, names));
    }
    case 'ImportStatement':
      return [
        {
          type: 'import',
          range,
          bindings: bindingsOf(children.map((child) => (child.name === 'VariableName' ? text(child) : child.name))),
        },
      ];
    case 'RaiseStatement':
      return [
        { type: 'other', range, parts: expressions.map((child) => convertExpression(child, source)) },
        { type: 'jump', range, kind: 'raise' },
      ];
    case 'BreakStatement':
      return [{ type: 'jump', range, kind: 'break' }];
    case 'ContinueStatement':
      return [{ type: 'jump', range, kind: 'continue' }];
    case 'ScopeStatement': {
      const kind = children.some(({ name }) => name === 'global') ? 'global' : 'nonlocal';
      return [{ type: 'scope', range, kind, names: children.filter(({ name }) => name === 'VariableName').map(text) }];
    }
    case 'DeleteStatement':
      return [{ type: 'delete', range, targets: expressions.map((child) => convertExpression(child, source)) }];
    case 'StatementGroup':
      return [...convertBlock(children, source)];
    default:
      return [{ type: 'other', range, parts: expressions.map((child) => convertExpression(child, source)) }];
  }
}

/** `a = b = value`, `a, b = 1, 2`, `a: int = 1`; a bare annotation assigns nothing. */
function assignments(children: readonly SyntaxNode[], range: Statement['range'], source: string): Statement[] {
  const sides: SyntaxNode[][] = [[]];
  for (const child of children) {
    if (child.name === 'AssignOp') sides.push([]);
    else if (child.name !== 'TypeDef') sides.at(-1)?.push(child);
  }
  const values = sides.map((side) => convertTuple(side, source));
  const value = values.at(-1);
  return value === undefined || values.length < 2
    ? []
    : [{ type: 'assign', range, targets: values.slice(0, -1), operator: '', value }];
}

function withItems(children: readonly SyntaxNode[], source: string) {
  const items: { value: Expression; target: Expression | undefined }[] = [];
  let isTarget = false;
  for (const child of children) {
    if (child.name === 'as') {
      isTarget = true;
    } else if (isExpression(child)) {
      const converted = convertExpression(child, source);
      const last = isTarget ? items.pop() : undefined;
      items.push(
        last === undefined ? { value: converted, target: undefined } : { value: last.value, target: converted },
      );
      isTarget = false;
    }
  }
  return items;
}

/** `import a.b as c`, `from .a import b as c, d`, `from a import *`. A star import binds `*`. */
function bindingsOf(tokens: readonly string[]): { name: string; path: string }[] {
  const at = tokens.indexOf('import');
  const module = tokens[0] === 'from' ? tokens.slice(1, at).join('') : '';
  const bindings: { name: string; path: string }[] = [];
  const groups: string[][] = [[]];
  for (const token of tokens.slice(at + 1)) {
    if (token === ',') groups.push([]);
    else if (token !== '(' && token !== ')') groups.at(-1)?.push(token);
  }
  for (const group of groups.filter(({ length }) => length > 0)) {
    const asAt = group.indexOf('as');
    const path = (asAt < 0 ? group : group.slice(0, asAt)).join('');
    const alias = asAt < 0 ? undefined : group[asAt + 1];
    if (module !== '') {
      bindings.push({ name: alias ?? path, path: `${module}${module.endsWith('.') ? '' : '.'}${path}` });
    } else {
      // `import a.b` binds `a`.
      const [top = path] = path.split('.');
      bindings.push(alias === undefined ? { name: top, path: top } : { name: alias, path });
    }
  }
  return bindings;
}
