import { fold, isList, type Known } from '../expressions/fold.ts';
import { harmlessFunctions, steadyFunctions } from '../expressions/functions.ts';
import { reportRowWork } from '../rows/row-work.ts';
import { mostRecursions, report, type StatementScope } from '../state/scope.ts';
import { setSetting } from '../state/session.ts';
import type { LocalRoutine } from '../state/state.ts';
import { functionsIn, walk, words } from '../syntax/tree.ts';

/** This migration's functions in a definition (trigger, default, operator, index) run eventually. */
export function analyzeReferences(definition: unknown, scope: StatementScope): void {
  const { routines } = scope.state;
  if (routines.size === 0) {
    return;
  }
  walk({ definition }, (_, body) => {
    for (const list of [body['funcname'], body['names'], body['objname']]) {
      const own = Array.isArray(list) ? routines.get(scope.state.wordsKey(words(list))) : undefined;
      follow(own ?? [], scope, []);
    }
  });
}

function follow(routines: readonly LocalRoutine[], scope: StatementScope, args: readonly (Known | undefined)[]): void {
  for (const routine of routines) {
    const callers = scope.active.filter((active) => active === routine).length;
    if (callers > mostRecursions) {
      continue;
    }
    scope.budget.bodies -= 1;
    if (scope.budget.bodies > 0) {
      // At the recursion limit, judged once more with arbitrary arguments.
      const given = callers < mostRecursions ? args : [];
      routine.judge({ ...scope, depth: scope.depth + 1, active: [...scope.active, routine] }, given);
    } else if (scope.budget.bodies === 0) {
      report(scope, 'budget-exhausted', 'calls more functions, again and again, than are followed');
    }
  }
}

/** Follows this migration's functions, knows built-in ones, reports the rest. */
export function analyzeCalls(query: unknown, scope: StatementScope): void {
  for (const { name, args, location } of functionsIn(query)) {
    const own = scope.state.routines.get(scope.state.wordsKey(name));
    const short = name.at(-1) ?? '';
    const texts = args.map((arg) => fold(arg, scope.variables));
    if (own !== undefined) {
      follow(own, scope, texts);
    } else if (short === 'set_config') {
      const [setting, value] = texts.map((text) =>
        text === undefined || isList(text) || !text.exact ? undefined : text.text,
      );
      const isLocal = texts[2] !== undefined && !isList(texts[2]) && /^t/.test(texts[2].text);
      setSetting(scope.state, setting ?? 'search_path', value ?? '?', isLocal);
    } else if (short === 'setval') {
      const sequence = texts[0];
      const key = sequence === undefined || isList(sequence) ? '?' : scope.state.wordsKey(sequence.text.split('.'));
      if (!scope.state.objects.has(`OBJECT_SEQUENCE:${key}`)) {
        report(scope, 'change-sequence', 'sets the next value of a sequence', location);
      }
    } else if (/^pg_sleep(?:_for|_until)?$/.test(short)) {
      reportRowWork(scope, 'sleeps', location);
    } else if (!isBuiltIn(name)) {
      report(scope, 'cannot-follow', `calls ${name.join('.')}(), which is not defined in this migration`, location);
    }
  }
}

export function analyzeCallOf(name: readonly string[], scope: StatementScope): void {
  analyzeCalls({ FuncCall: { funcname: name.map((word) => ({ String: { sval: word } })) } }, scope);
}

function isBuiltIn(name: readonly string[]): boolean {
  const short = name.at(-1) ?? '';
  return (
    (name.length === 1 || name[0] === 'pg_catalog') && (steadyFunctions.has(short) || harmlessFunctions.has(short))
  );
}
