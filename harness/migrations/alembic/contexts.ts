import { assign } from './assignment.ts';
import { callFunction } from './calls.ts';
import type { End } from './end.ts';
import { evaluate } from './expressions.ts';
import { callForeign } from './imports.ts';
import type { Run } from './interpreter.ts';
import type { Expression, Statement } from './python.ts';
import { execute } from './statements.ts';
import { noArguments, type Value } from './values.ts';

/** `with`: an autocommit_block ends the transaction, and what the file's own classes do on the way in and out is judged. */
export function executeWith(run: Run, statement: Extract<Statement, { type: 'with' }>): End {
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
