import type { Block, Expression, Statement } from '../syntax/python.ts';
import { binary } from '../values/operators.ts';
import { none, truth } from '../values/values.ts';
import { assign, extendsInPlace } from './assignment.ts';
import { executeWith } from './contexts.ts';
import { defineFunction, executeClass } from './definitions.ts';
import { anyOf, type End, ended, type Leave } from './end.ts';
import { evaluate } from './expressions.ts';
import type { Run } from './interpreter.ts';
import { executeFor, forgetAll, loopUnknownTimes } from './loops.ts';

export function execute(run: Run, block: Block): End {
  const maybe: Leave[] = [];
  for (const [index, statement] of block.entries()) {
    if (!run.step(statement.range)) {
      return { how: 'jump', maybe };
    }
    const end = executeOne(run, statement);
    maybe.push(...end.maybe);
    if (end.how !== 'end') {
      return { ...end, maybe };
    }
    const rest = block.slice(index + 1);
    if (end.maybe.length > 0 && rest.length > 0) {
      const last = run.uncertainly(() => execute(run, rest));
      return { ...last, maybe: [...maybe, ...last.maybe] };
    }
  }
  return { how: 'end', maybe };
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
        maybe: [],
      };
    case 'scope':
      for (const name of statement.names) {
        run.declareOuter(name, statement.kind);
      }
      return ended;
    case 'jump':
      return { how: statement.kind, maybe: [] };
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
      run.define(statement.name, defineFunction(run, statement));
      return ended;
    case 'class':
      return executeClass(run, statement);
    case 'if':
      return executeIf(run, statement.branches, statement.otherwise);
    case 'for':
      return executeFor(run, statement);
    case 'while':
      evaluate(run, statement.test);
      return loopUnknownTimes(run, [...statement.body, ...statement.otherwise], () => undefined);
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
      // The body may have failed anywhere.
      forgetAll(run, body);
      ends.push(execute(run, handler));
    }),
  ]);
  const end = anyOf(run, ends);
  const last = execute(run, finale);
  return last.how === 'end' ? { ...end, maybe: [...end.maybe, ...last.maybe] } : last;
}

/** If the condition is unknown, any branch may run. */
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

/** Which list items `del` moves isn't followed. */
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
      object.unsure = true;
    } else if (object.kind === 'dictionary') {
      object.unsure = true;
    }
  } else {
    evaluate(run, target);
  }
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
