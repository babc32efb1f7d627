import type { SourceRange } from '../../finding.ts';
import { deepest, mostRecursions } from '../../sql/state/scope.ts';
import { builtin } from '../methods/builtins.ts';
import { callMethod } from '../methods/methods.ts';
import type { Argument } from '../syntax/python.ts';
import {
  type Arguments,
  type FunctionValue,
  isCode,
  type Names,
  none,
  reachesDatabase,
  type Value,
} from '../values/values.ts';
import { resultOf } from './end.ts';
import { evaluate } from './expressions.ts';
import { callForeign, callImported } from './imports.ts';
import type { Run } from './interpreter.ts';
import { execute } from './statements.ts';

export function collectArguments(run: Run, list: readonly Argument[]): Arguments {
  const positional: Value[] = [];
  const named = new Map<string, Value>();
  let incomplete = false;
  for (const { name, spread, value: expression } of list) {
    const value = evaluate(run, expression);
    if (name !== undefined) {
      named.set(name, value);
    } else if (spread === '*' && value.kind === 'list') {
      positional.push(...value.items);
      incomplete ||= value.unsure === true;
    } else if (spread === '**' && value.kind === 'dictionary') {
      for (const [key, item] of value.entries) named.set(key, item);
      incomplete ||= value.unsure === true;
    } else if (spread !== '') {
      incomplete = true;
    } else {
      positional.push(value);
    }
  }
  return { positional, named, incomplete };
}

/** @param isStatement the result is discarded */
export function call(run: Run, callee: Value, args: Arguments, range: SourceRange, isStatement = false): Value {
  switch (callee.kind) {
    case 'function':
      return callFunction(run, callee, args, range);
    case 'class': {
      const instance: Value = { kind: 'instance', members: new Map(), of: callee.members };
      const init = callee.members.get('__init__');
      if (init?.kind === 'function') {
        callFunction(
          run,
          { ...init, bound: { positional: [instance], named: new Map(), incomplete: false } },
          args,
          range,
        );
      }
      return instance;
    }
    case 'import':
      return callee.path.startsWith('builtins.')
        ? builtin(run, callee.path.slice('builtins.'.length), args, range)
        : callImported(run, callee.path, args, range, isStatement);
    case 'method':
      return callMethod(run, callee.receiver, callee.name, args, range);
    case 'made':
      if (callee.path === 'functools.partial' && callee.receiver !== undefined) {
        const positional = [...callee.args.positional.slice(1), ...args.positional];
        return call(
          run,
          callee.receiver,
          { positional, named: new Map([...callee.args.named, ...args.named]), incomplete: args.incomplete },
          range,
        );
      }
      return { kind: 'made', path: callee.path, args, receiver: callee, range };
    default:
      return callForeign(run, callee.kind === 'unknown' ? callee.what : 'a value', args, range, isStatement);
  }
}

export function callFunction(run: Run, callee: FunctionValue, given: Arguments, range: SourceRange): Value {
  if (run.depth >= deepest) {
    run.report('budget-exhausted', `calls ${callee.name}() more than ${deepest} deep`, range);
    return run.unknown(`the result of ${callee.name}()`);
  }
  const callers = run.active.filter((body) => body === callee.body).length;
  if (callers > mostRecursions || (callers > 0 && run.idle.has(callee.body))) {
    return run.unknown(`the result of ${callee.name}()`, true);
  }
  const args: Arguments = {
    positional: [...callee.bound.positional, ...given.positional],
    named: new Map([...callee.bound.named, ...given.named]),
    incomplete: given.incomplete || callee.bound.incomplete,
  };
  if (callers < mostRecursions) {
    return runBody(run, callee, args);
  }
  // At the recursion limit, the body runs once more with arbitrary arguments.
  const before = run.acts;
  const result = run.uncertainly(() => runBody(run, callee, anyArguments(run, args)));
  if (run.acts === before) {
    run.idle.add(callee.body);
  }
  return result;
}

/** Forgets all about arguments but whether they are code; objects stay as they are. */
function anyArguments(run: Run, { positional, named, incomplete }: Arguments): Arguments {
  const any = (value: Value) => {
    const isOpaque = isCode(value) || (value.kind === 'unknown' && value.opaque);
    return value.kind === 'instance' ? value : run.unknown('an argument', isOpaque);
  };
  return {
    positional: positional.map(any),
    named: new Map([...named].map(([name, value]) => [name, any(value)])),
    incomplete,
  };
}

function runBody(run: Run, callee: FunctionValue, args: Arguments): Value {
  const { names: around, active } = run;
  run.names = [...callee.enclosing, bindParameters(run, callee, args)];
  run.active = [...active, callee.body];
  run.depth += 1;
  let result: Value = none;
  if (Array.isArray(callee.body)) {
    result = resultOf(run, execute(run, callee.body));
  } else if ('type' in callee.body) {
    result = evaluate(run, callee.body);
  }
  run.depth -= 1;
  run.active = active;
  run.names = around;
  return result;
}

function bindParameters(run: Run, callee: FunctionValue, args: Arguments): Names {
  const names: Names = new Map();
  const named = new Map(args.named);
  let next = 0;
  for (const { name, kind, defaultValue } of callee.parameters) {
    if (kind === 'rest') {
      names.set(name, args.incomplete ? run.unknown(`*${name}`) : { kind: 'list', items: args.positional.slice(next) });
      next = args.positional.length;
    } else if (kind === 'keywords') {
      names.set(name, { kind: 'dictionary', entries: new Map(named), unsure: args.incomplete });
    } else {
      const value = named.get(name) ?? args.positional[next];
      if (!named.delete(name)) {
        next += 1;
      }
      const fallback =
        value === undefined && defaultValue !== undefined && !args.incomplete ? callee.defaults.get(name) : undefined;
      names.set(name, value ?? fallback ?? run.unknown(name, true));
    }
  }
  return names;
}

export function handsOverDatabase(args: Arguments): boolean {
  return [...args.positional, ...args.named.values()].some(reachesDatabase);
}
