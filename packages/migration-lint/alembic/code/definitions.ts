import type { Statement } from '../syntax/python.ts';
import { noArguments, type Value } from '../values/values.ts';
import { callFunction } from './calls.ts';
import { type End, ended } from './end.ts';
import { defaultsOf, evaluate } from './expressions.ts';
import type { Run } from './interpreter.ts';
import { execute } from './statements.ts';

export function executeClass(run: Run, statement: Extract<Statement, { type: 'class' }>): End {
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
  // Called implicitly by an operator, a loop or `del`.
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

export function defineFunction(run: Run, statement: Extract<Statement, { type: 'function' }>): Value {
  const harmless =
    /^(?:staticmethod|classmethod|(?:functools\.)?(?:cache|lru_cache|wraps)|(?:contextlib\.)?contextmanager)$/;
  const unknown = statement.decorators.filter((decorator) => !harmless.test(decorator));
  if (unknown.length > 0) {
    reportDecorators(run, `${statement.name}()`, unknown, statement.range);
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
