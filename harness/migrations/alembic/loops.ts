import { assign, assignedIn } from './assignment.ts';
import { listLike } from './collection-methods.ts';
import type { End, Leave } from './end.ts';
import { evaluate } from './expressions.ts';
import type { Run } from './interpreter.ts';
import type { Block, Statement } from './python.ts';
import { execute } from './statements.ts';
import { textOf } from './text.ts';
import type { Value } from './values.ts';

/** Loops over what is known are followed item by item, up to this many. */
const mostItems = 2_000;

export function executeFor(run: Run, statement: Extract<Statement, { type: 'for' }>): End {
  const { target, body, otherwise } = statement;
  const iterable = itemsOf(evaluate(run, statement.iterable));
  if (iterable.kind !== 'list' || iterable.items.length > mostItems) {
    const end = loopOften(run, body, () => assign(run, target, run.unknown('an item of a loop')));
    const last = execute(run, otherwise);
    return { ...last, perhaps: [...end.perhaps, ...last.perhaps] };
  }
  const perhaps: Leave[] = [];
  // Where the items aren't sure, no round is, and from the first BREAK, CONTINUE or RETURN on that may have been taken, no later round is sure.
  let isSure = iterable.unsure !== true;
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

export function forgetAll(run: Run, body: Block): void {
  for (const name of assignedIn(body)) {
    run.define(name, run.unknown(name));
  }
}

/** A dictionary is looped over by its keys. */
function itemsOf(value: Value): Value {
  return value.kind === 'dictionary'
    ? listLike(
        [...value.entries.keys()].map((key) => ({ kind: 'text', text: textOf(key) })),
        value,
      )
    : value;
}

/** A loop whose rounds aren't known: with nothing known of what it assigns, and twice, for what one leaves to the next. */
export function loopOften(run: Run, body: Block, prepare: () => void): End {
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
