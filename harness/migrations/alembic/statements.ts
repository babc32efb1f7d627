import { assign, assignedIn, extendsInPlace } from './assignment.ts';
import { callFunction } from './calls.ts';
import { anyOf, type End, ended, type Leave } from './end.ts';
import { defaultsOf, evaluate } from './expressions.ts';
import { callForeign } from './imports.ts';
import type { Run } from './interpreter.ts';
import { binary } from './operators.ts';
import type { Block, Expression, Statement } from './python.ts';
import { textOf } from './text.ts';
import { noArguments, none, truth, type Value } from './values.ts';

const mostItems = 2_000;

export function execute(run: Run, block: Block): End {
  const perhaps: Leave[] = [];
  for (const [index, statement] of block.entries()) {
    if (!run.step(statement.range)) {
      return { how: 'jump', perhaps };
    }
    const end = executeOne(run, statement);
    perhaps.push(...end.perhaps);
    if (end.how !== 'end') {
      return { ...end, perhaps };
    }
    const rest = block.slice(index + 1);
    if (end.perhaps.length > 0 && rest.length > 0) {
      const last = run.uncertainly(() => execute(run, rest));
      return { ...last, perhaps: [...perhaps, ...last.perhaps] };
    }
  }
  return { how: 'end', perhaps };
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
        perhaps: [],
      };
    case 'scope':
      for (const name of statement.names) {
        run.declareOuter(name, statement.kind);
      }
      return ended;
    case 'jump':
      return { how: statement.kind, perhaps: [] };
    case 'delete':
      for (const target of statement.targets) {
        forget(run, target);
      }
      return ended;
    case 'import':
      for (const { name, path } of statement.bindings) {
        bind(run, name, path);
      }
      return ended;
    case 'function':
      run.define(statement.name, defined(run, statement));
      return ended;
    case 'class':
      return executeClass(run, statement);
    case 'if':
      return executeIf(run, statement.branches, statement.otherwise);
    case 'for':
      return executeFor(run, statement);
    case 'while':
      evaluate(run, statement.test);
      return loopOften(run, [...statement.body, ...statement.otherwise], () => undefined);
    case 'with':
      return executeWith(run, statement);
    case 'try':
      return executeTry(run, statement);
    case 'match':
      evaluate(run, statement.subject);
      return executeBranches(run, [[], ...statement.bodies]);
  }
}

function executeBranches(run: Run, blocks: readonly Block[]): End {
  const ends: End[] = [];
  run.branches(
    blocks.map((block) => () => {
      ends.push(execute(run, block));
    }),
  );
  return anyOf(run, ends);
}

function executeTry(run: Run, statement: Extract<Statement, { type: 'try' }>): End {
  const { body, handlers, otherwise, finale } = statement;
  const ends: End[] = [];
  run.branches([
    () => {
      ends.push(execute(run, [...body, ...otherwise]));
    },
    ...handlers.map((handler) => () => {
      // How far the body came isn't known.
      for (const name of assignedIn(body)) {
        run.define(name, run.unknown(name));
      }
      ends.push(execute(run, handler));
    }),
  ]);
  const end = anyOf(run, ends);
  const last = execute(run, finale);
  return last.how === 'end' ? { ...end, perhaps: [...end.perhaps, ...last.perhaps] } : last;
}

function executeClass(run: Run, statement: Extract<Statement, { type: 'class' }>): End {
  const members = new Map<string, Value>();
  const around = run.names;
  run.within(statement.range, () => {
    for (const { value } of statement.bases.toReversed()) {
      const base = evaluate(run, value);
      for (const [name, member] of base.kind === 'class' ? base.members : []) {
        members.set(name, member);
      }
    }
  });
  run.names = [...around, members];
  execute(run, statement.body);
  run.names = around;
  if (statement.decorators.some((decorator) => !/^(?:dataclasses\.)?dataclass$/.test(decorator))) {
    reportDecorators(run, statement.name, statement.decorators, statement.range);
  }
  run.define(statement.name, { kind: 'class', name: statement.name, members });
  // Methods that nobody calls by their name: an operator, a loop or `del` does.
  for (const [name, member] of members) {
    if (/^__(?!init__|enter__|exit__)\w+__$/.test(name) && member.kind === 'function') {
      run.branches([
        () => undefined,
        () => {
          callFunction(run, member, { ...noArguments, incomplete: true }, member.range);
        },
      ]);
    }
  }
  return ended;
}

function reportDecorators(run: Run, name: string, decorators: readonly string[], range: Statement['range']): void {
  run.report('cannot-follow', `${name} is wrapped by @${decorators.join(', @')}, which may do more`, range);
}

function defined(run: Run, statement: Extract<Statement, { type: 'function' }>): Value {
  const harmless =
    /^(?:staticmethod|classmethod|(?:functools\.)?(?:cache|lru_cache|wraps)|(?:contextlib\.)?contextmanager)$/;
  const foreign = statement.decorators.filter((decorator) => !harmless.test(decorator));
  if (foreign.length > 0) {
    reportDecorators(run, `${statement.name}()`, foreign, statement.range);
  }
  return {
    kind: 'function',
    name: statement.name,
    parameters: statement.parameters,
    defaults: defaultsOf(run, statement.parameters),
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
  return executeBranches(run, [...possible, last]);
}

function executeFor(run: Run, statement: Extract<Statement, { type: 'for' }>): End {
  const { target, body, otherwise } = statement;
  const iterable = itemsOf(evaluate(run, statement.iterable));
  if (iterable.kind !== 'list' || iterable.items.length > mostItems) {
    const end = loopOften(run, body, () => assign(run, target, run.unknown('an item of a loop')));
    const last = execute(run, otherwise);
    return { ...last, perhaps: [...end.perhaps, ...last.perhaps] };
  }
  const perhaps: Leave[] = [];
  // From the first BREAK, CONTINUE or RETURN on that may have been taken, no later round is sure.
  let isSure = true;
  for (const item of [...iterable.items]) {
    if (!isSure) {
      forgetAll(run, body);
    }
    assign(run, target, item);
    const end: End = isSure ? execute(run, body) : run.uncertainly(() => execute(run, body));
    perhaps.push(...end.perhaps.filter(({ how }) => how === 'return'));
    if (end.how === 'return' && isSure) {
      return { ...end, perhaps };
    }
    if (end.how === 'return') {
      perhaps.push(end);
    }
    if (end.how === 'break' && isSure && end.perhaps.length === 0) {
      return { how: 'end', perhaps };
    }
    isSure &&= end.perhaps.length === 0 && end.how !== 'jump' && end.how !== 'raise';
  }
  if (!isSure) {
    forgetAll(run, body);
  }
  const last = isSure ? execute(run, otherwise) : run.uncertainly(() => execute(run, otherwise));
  return { ...last, perhaps: [...perhaps, ...last.perhaps] };
}

function forgetAll(run: Run, body: Block): void {
  for (const name of assignedIn(body)) {
    run.define(name, run.unknown(name));
  }
}

/** `del`: of a list it moves the others, and which isn't followed. */
function forget(run: Run, target: Expression): void {
  if (target.type === 'name') {
    run.define(target.name, run.unknown(target.name));
  } else if (target.type === 'sequence') {
    for (const { value } of target.items) {
      forget(run, value);
    }
  } else if (target.type === 'subscript') {
    const object = evaluate(run, target.object);
    if (target.index !== undefined) {
      evaluate(run, target.index);
    }
    if (object.kind === 'list') {
      object.items.fill(run.unknown('an item'));
    }
  } else {
    evaluate(run, target);
  }
}

/** A dictionary is looped over by its keys. */
function itemsOf(value: Value): Value {
  return value.kind === 'dictionary'
    ? { kind: 'list', items: [...value.entries.keys()].map((key) => ({ kind: 'text', text: textOf(key) })) }
    : value;
}

/** A loop whose rounds aren't known: with nothing known of what it assigns, and twice, for what one leaves to the next. */
function loopOften(run: Run, body: Block, prepare: () => void): End {
  const ends: End[] = [];
  forgetAll(run, body);
  run.branches([
    () => undefined,
    () => {
      for (let round = 0; round < 2; round += 1) {
        prepare();
        ends.push(execute(run, body));
      }
    },
  ]);
  const leaves = ends.flatMap((end): Leave[] => (end.how === 'return' ? [...end.perhaps, end] : [...end.perhaps]));
  return { how: 'end', perhaps: leaves.filter(({ how }) => how === 'return') };
}

function executeWith(run: Run, statement: Extract<Statement, { type: 'with' }>): End {
  let autocommit = false;
  const entries: [Value, Expression['range']][] = [];
  for (const { value: expression, target } of statement.items) {
    const value = run.within(expression.range, () => evaluate(run, expression));
    autocommit ||= value.kind === 'made' && value.path.endsWith('autocommit_block');
    const entered = value.kind === 'instance' ? callOf(run, value, '__enter__', expression.range) : value;
    if (target !== undefined) {
      assign(run, target, entered);
    }
    entries.push([value, expression.range]);
  }
  const { state } = run.scope;
  if (autocommit) {
    state.endTransaction(false);
  }
  const end = execute(run, statement.body);
  if (autocommit) {
    state.transaction = 'open';
  }
  for (const [value, range] of entries.toReversed()) {
    if (value.kind === 'instance') {
      callOf(run, value, '__exit__', range);
    }
  }
  return end;
}

function callOf(
  run: Run,
  instance: Extract<Value, { kind: 'instance' }>,
  name: string,
  range: Statement['range'],
): Value {
  const method = instance.of.get(name);
  return method?.kind === 'function'
    ? callFunction(
        run,
        { ...method, bound: { ...noArguments, positional: [instance] } },
        { ...noArguments, incomplete: true },
        range,
      )
    : callForeign(run, name, noArguments, range, true);
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
