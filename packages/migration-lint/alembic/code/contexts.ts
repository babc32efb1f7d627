import type { SourceRange } from '../../finding.ts';
import { closeBatch, openBatch } from '../operations/batch.ts';
import type { Statement } from '../syntax/python.ts';
import { noArguments, type Value } from '../values/values.ts';
import { assign } from './assignment.ts';
import { callFunction } from './calls.ts';
import type { End } from './end.ts';
import { evaluate } from './expressions.ts';
import { callForeign } from './imports.ts';
import type { Run } from './interpreter.ts';
import { execute } from './statements.ts';

/** autocommit_block ends the transaction, a batch sends what it has collected; the file's own managers are followed. */
export function executeWith(run: Run, statement: Extract<Statement, { type: 'with' }>): End {
  const exits: ((end: End) => void)[] = [];
  let maySuppress = false;
  for (const { value: expression, target } of statement.items) {
    const { range } = expression;
    const value = run.within(range, () => evaluate(run, expression));
    maySuppress ||= value.kind !== 'batch' && value.kind !== 'made';
    const entered = value.kind === 'instance' ? callOf(run, value, '__enter__', range) : value;
    if (target !== undefined) {
      assign(run, target, entered);
    }
    exits.push(enter(run, value, range));
  }
  const end = execute(run, statement.body);
  for (const exit of exits.toReversed()) {
    exit(end);
  }
  return end.how === 'raise' && maySuppress ? { ...end, how: 'end' } : end;
}

/** @returns what happens at the block's end */
function enter(run: Run, value: Value, range: SourceRange): (end: End) => void {
  if (value.kind === 'batch') {
    openBatch(value);
    return (end) => {
      // An exit before the error would have sent them.
      if (end.how !== 'raise' || end.maybe.length > 0) {
        run.within(range, () => {
          closeBatch(run, value, end.how !== 'raise', range);
        });
      }
    };
  }
  if (value.kind === 'made' && value.path.endsWith('autocommit_block')) {
    const { state } = run.scope;
    state.endTransaction(false);
    return () => {
      state.transaction = 'open';
    };
  }
  return () => {
    if (value.kind === 'instance') {
      callOf(run, value, '__exit__', range);
    }
  };
}

function callOf(run: Run, instance: Extract<Value, { kind: 'instance' }>, name: string, range: SourceRange): Value {
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
