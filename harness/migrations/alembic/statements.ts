import { assign, assignedIn, extendsInPlace } from './assignment.ts';
import { evaluate } from './expressions.ts';
import type { Run } from './interpreter.ts';
import { binary } from './operators.ts';
import type { Block, Expression, Statement } from './python.ts';
import { textOf } from './text.ts';
import { noArguments, none, truth, type Value } from './values.ts';

/** How a block ended: by running out, by leaving the loop or function, with what it returns. */
export type End =
  | { readonly how: 'end' }
  | { readonly how: 'jump' }
  | { readonly how: 'return'; readonly value: Value };

const ended: End = { how: 'end' };
const jumped: End = { how: 'jump' };
const mostItems = 2_000;

export function execute(run: Run, block: Block): End {
  for (const statement of block) {
    if (!run.step(statement.range)) {
      return jumped;
    }
    const end = executeOne(run, statement);
    if (end.how !== 'end') {
      return end;
    }
  }
  return ended;
}

function executeOne(run: Run, statement: Statement): End {
  const { range } = statement;
  switch (statement.type) {
    case 'expression':
      run.within(range, () => evaluate(run, statement.value, true));
      return ended;
    case 'assign':
      run.within(range, () => {
        const value = evaluate(run, statement.value);
        for (const target of statement.targets) {
          if (extendsInPlace(run, statement.operator, target, value)) {
            continue;
          }
          assign(
            run,
            target,
            statement.operator === '' ? value : binary(run, statement.operator, evaluate(run, target), value, range),
          );
        }
      });
      return ended;
    case 'other':
      run.within(range, () =>
        statement.parts.forEach((part) => {
          evaluate(run, part);
        }),
      );
      return ended;
    case 'return':
      return {
        how: 'return',
        value: run.within(range, () => (statement.value === undefined ? none : evaluate(run, statement.value))),
      };
    case 'scope':
      for (const name of statement.names) {
        run.declareOuter(name, statement.kind);
      }
      return ended;
    case 'jump':
      return jumped;
    case 'import':
      for (const { name, path } of statement.bindings) {
        bind(run, name, path);
      }
      return ended;
    case 'function':
      run.define(statement.name, defined(run, statement));
      return ended;
    case 'class': {
      const members = new Map<string, Value>();
      const around = run.names;
      run.names = [...around, members];
      execute(run, statement.body);
      run.names = around;
      run.define(statement.name, { kind: 'class', name: statement.name, members });
      return ended;
    }
    case 'if':
      return executeIf(run, statement.branches, statement.otherwise);
    case 'for':
      return executeFor(run, statement);
    case 'while':
      evaluate(run, statement.test);
      loopOnce(run, [...statement.body, ...statement.otherwise], () => undefined);
      return ended;
    case 'with':
      return executeWith(run, statement);
    case 'try':
      run.branches([
        () => {
          execute(run, [...statement.body, ...statement.otherwise]);
        },
        ...statement.handlers.map((handler) => () => {
          execute(run, handler);
        }),
      ]);
      return execute(run, statement.finale);
    case 'match':
      evaluate(run, statement.subject);
      run.branches([
        () => undefined,
        ...statement.bodies.map((body) => () => {
          execute(run, body);
        }),
      ]);
      return ended;
  }
}

function defined(run: Run, statement: Extract<Statement, { type: 'function' }>): Value {
  const harmless =
    /^(?:staticmethod|classmethod|property|(?:functools\.)?(?:cache|lru_cache|wraps)|(?:contextlib\.)?contextmanager)$/;
  const foreign = statement.decorators.filter((decorator) => !harmless.test(decorator));
  if (foreign.length > 0) {
    run.report(
      'cannot-follow',
      `${statement.name}() is wrapped by @${foreign.join(', @')}, which may do more`,
      statement.range,
    );
  }
  return {
    kind: 'function',
    name: statement.name,
    parameters: statement.parameters,
    body: statement.body,
    enclosing: run.names,
    range: statement.range,
    bound: noArguments,
  };
}

/** Branches whose condition is known are decided; of the others each may be taken. */
function executeIf(
  run: Run,
  branches: readonly { readonly test: Expression; readonly body: Block }[],
  otherwise: Block,
): End {
  const possible: Block[] = [];
  let decided: Block | undefined;
  for (const { test, body } of branches) {
    const known = truth(evaluate(run, test));
    if (known === undefined) {
      possible.push(body);
    } else if (known) {
      decided = body;
      break;
    }
  }
  const last = decided ?? otherwise;
  if (possible.length === 0) {
    return execute(run, last);
  }
  const ends: End[] = [];
  run.branches(
    [...possible, last].map((body) => () => {
      ends.push(execute(run, body));
    }),
  );
  // Only where every branch leaves does what follows never run.
  return ends.every(({ how }) => how === 'return') && ends.length > 0
    ? { how: 'return', value: run.unknown('the result of several branches', true) }
    : ends.every(({ how }) => how !== 'end')
      ? jumped
      : ended;
}

function executeFor(run: Run, statement: Extract<Statement, { type: 'for' }>): End {
  const iterable = itemsOf(evaluate(run, statement.iterable));
  if (iterable.kind !== 'list' || iterable.items.length > mostItems) {
    loopOnce(run, statement.body, () => assign(run, statement.target, run.unknown('an item of a loop')));
    return execute(run, statement.otherwise);
  }
  for (const item of [...iterable.items]) {
    assign(run, statement.target, item);
    const end = execute(run, statement.body);
    if (end.how === 'return') {
      return end;
    }
    // A jump out of one round: later rounds may run all the same (continue, or a break in a branch).
  }
  return execute(run, statement.otherwise);
}

/** A dictionary is looped over by its keys. */
function itemsOf(value: Value): Value {
  return value.kind === 'dictionary'
    ? { kind: 'list', items: [...value.entries.keys()].map((key) => ({ kind: 'text', text: textOf(key) })) }
    : value;
}

/** A loop whose rounds aren't known: its body once, with nothing known of what it assigns. */
function loopOnce(run: Run, body: Block, prepare: () => void): void {
  for (const name of assignedIn(body)) {
    run.define(name, run.unknown(name));
  }
  run.branches([
    () => undefined,
    () => {
      prepare();
      execute(run, body);
    },
  ]);
}

function executeWith(run: Run, statement: Extract<Statement, { type: 'with' }>): End {
  let autocommit = false;
  for (const { value: expression, target } of statement.items) {
    const value = run.within(expression.range, () => evaluate(run, expression));
    autocommit ||= value.kind === 'made' && value.path.endsWith('autocommit_block');
    if (target !== undefined) {
      assign(run, target, value);
    }
  }
  const { state } = run.scope;
  if (autocommit) {
    state.endTransaction(false);
  }
  const end = execute(run, statement.body);
  if (autocommit) {
    state.transaction = 'open';
  }
  return end;
}

function bind(run: Run, name: string, path: string): void {
  if (name !== '*') {
    run.define(name, { kind: 'import', path });
    return;
  }
  const module = path.slice(0, -2);
  for (const known of module === 'alembic' ? ['op', 'context'] : []) {
    run.define(known, { kind: 'import', path: `alembic.${known}` });
  }
}
