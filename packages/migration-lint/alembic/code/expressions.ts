import { listLike } from '../methods/collection-methods.ts';
import type { Expression, Parameter, StringPiece } from '../syntax/python.ts';
import { binary, quoteValue } from '../values/operators.ts';
import { concatenate, type Text, textOf } from '../values/text.ts';
import { isCode, lastOf, type Names, noArguments, truth, type Value } from '../values/values.ts';
import { assign } from './assignment.ts';
import { call, collectArguments } from './calls.ts';
import type { Run } from './interpreter.ts';

/** Judges every operation on the way. */
export function evaluate(run: Run, expression: Expression, isStatement = false): Value {
  const { range } = expression;
  if (!run.step(range)) {
    return run.unknown('a value that was never reached');
  }
  switch (expression.type) {
    case 'name':
      return run.lookup(expression.name) ?? { kind: 'import', path: `builtins.${expression.name}` };
    case 'constant':
      return { kind: 'constant', value: expression.value };
    case 'string':
      return { kind: 'text', text: stringOf(run, expression.pieces, range.start) };
    case 'attribute':
      return attribute(evaluate(run, expression.object), expression.name, range);
    case 'subscript':
      return subscript(
        run,
        evaluate(run, expression.object),
        expression.index === undefined ? undefined : evaluate(run, expression.index),
      );
    case 'call': {
      const callee = evaluate(run, expression.callee);
      const args = collectArguments(run, expression.args);
      return run.within(range, () => call(run, callee, args, range, isStatement));
    }
    case 'sequence':
      return sequence(run, expression);
    case 'dictionary': {
      const entries = new Map<string, Value>();
      let unsure = false;
      for (const { key, value } of expression.entries) {
        const name = key === undefined ? undefined : evaluate(run, key);
        const item = evaluate(run, value);
        if (key === undefined && item.kind === 'dictionary') {
          for (const [inner, innerValue] of item.entries) entries.set(inner, innerValue);
          unsure ||= item.unsure === true;
        } else {
          unsure ||= key === undefined;
          entries.set(name?.kind === 'text' ? name.text.text : `#${entries.size}`, item);
        }
      }
      return { kind: 'dictionary', entries, ...(unsure ? { unsure } : {}) };
    }
    case 'binary':
      return (
        logical(run, expression) ??
        binary(run, expression.operator, evaluate(run, expression.left), evaluate(run, expression.right), range)
      );
    case 'unary': {
      const operand = evaluate(run, expression.operand);
      if (expression.operator === 'not') {
        const known = truth(operand);
        return known === undefined ? run.unknown('a condition') : { kind: 'constant', value: !known };
      }
      return operand.kind === 'constant' && typeof operand.value === 'number' && expression.operator === '-'
        ? { kind: 'constant', value: -operand.value }
        : run.unknown('a computed value');
    }
    case 'conditional':
      return choose(run, truth(evaluate(run, expression.test)), [expression.consequence, expression.otherwise]);
    case 'lambda':
      return {
        kind: 'function',
        name: 'lambda',
        parameters: expression.parameters,
        defaults: defaultsOf(run, expression.parameters),
        body: expression.body,
        enclosing: run.names,
        range,
        bound: noArguments,
      };
    case 'comprehension':
      return comprehension(run, expression);
    case 'assignment': {
      const value = evaluate(run, expression.value);
      run.define(expression.name, value);
      return value;
    }
    case 'other':
      expression.parts.forEach((part) => {
        evaluate(run, part);
      });
      return run.unknown('a value');
  }
}

export function defaultsOf(run: Run, parameters: readonly Parameter[]): Names {
  return new Map(
    parameters.flatMap(({ name, defaultValue }) =>
      defaultValue === undefined ? [] : [[name, evaluate(run, defaultValue)] as const],
    ),
  );
}

export function attribute(object: Value, name: string, range: Expression['range']): Value {
  switch (object.kind) {
    case 'import':
      return { kind: 'import', path: `${object.path}.${name}` };
    case 'class':
      return object.members.get(name) ?? { kind: 'method', receiver: object, name };
    case 'instance': {
      const own = object.members.get(name);
      const method = object.of.get(name);
      if (own !== undefined) return own;
      return method?.kind === 'function'
        ? { ...method, bound: { ...noArguments, positional: [object] } }
        : (method ?? { kind: 'method', receiver: object, name });
    }
    case 'made': {
      const path = `${object.path}.${name}`;
      // Branches for other databases never run.
      if (/\.(?:dialect|engine)\.name$/.test(path)) {
        return { kind: 'text', text: textOf('postgresql', range.start) };
      }
      return /^(?:dialect|engine|connection|bind|impl|c|columns|orig)$/.test(name)
        ? { kind: 'made', path, args: noArguments, receiver: object, range }
        : { kind: 'method', receiver: object, name };
    }
    default:
      return { kind: 'method', receiver: object, name };
  }
}

function subscript(run: Run, object: Value, index: Value | undefined): Value {
  if (object.kind === 'list' && index?.kind === 'constant' && typeof index.value === 'number') {
    return (object.unsure === true ? undefined : object.items.at(index.value)) ?? run.unknown('an item');
  }
  if (object.kind === 'dictionary' && index?.kind === 'text' && index.text.exact) {
    return object.entries.get(index.text.text) ?? run.unknown('an entry');
  }
  if (object.kind === 'import' && lastOf(object.path) !== 'globals') {
    return { kind: 'import', path: object.path };
  }
  return run.unknown('a part of a value');
}

function sequence(run: Run, expression: Extract<Expression, { type: 'sequence' }>): Value {
  const items: Value[] = [];
  let unsure = false;
  for (const { spread, value } of expression.items) {
    const item = evaluate(run, value);
    if (!spread) {
      items.push(item);
    } else if (item.kind === 'list') {
      items.push(...item.items);
      unsure ||= item.unsure === true;
    } else {
      return run.unknown('a list of unknown length');
    }
  }
  return listLike(items, { unsure });
}

/** The right side may not run. */
function logical(run: Run, expression: Extract<Expression, { type: 'binary' }>): Value | undefined {
  const { operator, left, right } = expression;
  if (operator !== 'and' && operator !== 'or') {
    return undefined;
  }
  const value = evaluate(run, left);
  const known = truth(value);
  if (known === undefined) {
    run.branches([
      () => undefined,
      () => {
        evaluate(run, right);
      },
    ]);
    return run.unknown('a condition');
  }
  return known === (operator === 'or') ? value : evaluate(run, right);
}

function choose(run: Run, test: boolean | undefined, [then, otherwise]: readonly [Expression, Expression]): Value {
  if (test !== undefined) {
    return evaluate(run, test ? then : otherwise);
  }
  const values: Value[] = [];
  run.branches([
    () => {
      values.push(evaluate(run, then));
    },
    () => {
      values.push(evaluate(run, otherwise));
    },
  ]);
  const [one, other] = values;
  return one?.kind === 'text' && other?.kind === 'text' && one.text.text === other.text.text
    ? one
    : run.unknown('one of two values', isCode(one) || isCode(other));
}

function comprehension(run: Run, expression: Extract<Expression, { type: 'comprehension' }>): Value {
  const items: Value[] = [];
  let complete = true;
  let unsure = false;
  const around = run.names;
  run.names = [...around, new Map()];
  const visit = (depth: number): void => {
    const clause = expression.clauses[depth];
    if (clause === undefined) {
      if (expression.key !== undefined) evaluate(run, expression.key);
      items.push(evaluate(run, expression.element));
      return;
    }
    const iterable = evaluate(run, clause.iterable);
    complete &&= iterable.kind === 'list';
    unsure ||= iterable.kind === 'list' && iterable.unsure === true;
    for (const item of iterable.kind === 'list' ? iterable.items : [run.unknown('an item of a loop')]) {
      assign(run, clause.target, item);
      const tests = clause.conditions.map((condition) => truth(evaluate(run, condition)));
      if (!tests.includes(false)) {
        complete &&= !tests.includes(undefined);
        visit(depth + 1);
      }
    }
  };
  visit(0);
  run.names = around;
  return complete && expression.key === undefined ? listLike(items, { unsure }) : run.unknown('a computed list');
}

function stringOf(run: Run, pieces: readonly StringPiece[], start: number): Text {
  const parts = pieces.map((piece): Text => {
    if ('segments' in piece) {
      return { text: piece.text, exact: true, segments: piece.segments };
    }
    const value = evaluate(run, piece.value);
    return piece.format === ''
      ? quoteValue(run, value, piece.conversion, piece.value.range)
      : run.textOf(undefined, piece.value.range);
  });
  return parts.length === 0 ? textOf('', start) : concatenate(parts);
}
