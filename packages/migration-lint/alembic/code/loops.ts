import { listLike } from '../methods/collection-methods.ts';
import type { Block, Statement } from '../syntax/python.ts';
import { textOf } from '../values/text.ts';
import type { Value } from '../values/values.ts';
import { assign, assignedIn } from './assignment.ts';
import type { End, Leave } from './end.ts';
import { evaluate } from './expressions.ts';
import type { Run } from './interpreter.ts';
import { execute } from './statements.ts';

/** Longer loops aren't run item by item. */
const mostItems = 2_000;

export function executeFor(run: Run, statement: Extract<Statement, { type: 'for' }>): End {
  const { target, body, otherwise } = statement;
  const iterable = itemsOf(evaluate(run, statement.iterable));
  if (iterable.kind !== 'list' || iterable.items.length > mostItems) {
    const end = loopUnknownTimes(run, body, () => assign(run, target, run.unknown('an item of a loop')));
    const last = execute(run, otherwise);
    return { ...last, maybe: [...end.maybe, ...last.maybe] };
  }
  const maybe: Leave[] = [];
  // A round isn't certain if the items aren't, or after a possible BREAK, CONTINUE or RETURN.
  let isSure = iterable.unsure !== true;
  for (const item of [...iterable.items]) {
    if (!isSure) {
      forgetAll(run, body);
    }
    assign(run, target, item);
    const end: End = isSure ? execute(run, body) : run.uncertainly(() => execute(run, body));
    maybe.push(...end.maybe.filter(({ how }) => how === 'return'));
    if (end.how === 'return' && isSure) {
      return { ...end, maybe };
    }
    if (end.how === 'return') {
      maybe.push(end);
    }
    if (end.how === 'break' && isSure && end.maybe.length === 0) {
      return { how: 'end', maybe };
    }
    isSure &&= end.maybe.length === 0 && end.how !== 'jump' && end.how !== 'raise';
  }
  if (!isSure) {
    forgetAll(run, body);
  }
  const last = isSure ? execute(run, otherwise) : run.uncertainly(() => execute(run, otherwise));
  return { ...last, maybe: [...maybe, ...last.maybe] };
}

export function forgetAll(run: Run, body: Block): void {
  for (const name of assignedIn(body)) {
    run.define(name, run.unknown(name));
  }
}

/** Python iterates the keys. */
function itemsOf(value: Value): Value {
  return value.kind === 'dictionary'
    ? listLike(
        [...value.entries.keys()].map((key) => ({ kind: 'text', text: textOf(key) })),
        value,
      )
    : value;
}

/** With unknown rounds, runs twice, as one affects the next, and all it assigns is unknown. */
export function loopUnknownTimes(run: Run, body: Block, prepare: () => void): End {
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
  const leaves = ends.flatMap((end): Leave[] => (end.how === 'return' ? [...end.maybe, end] : [...end.maybe]));
  return { how: 'end', maybe: leaves.filter(({ how }) => how === 'return') };
}
