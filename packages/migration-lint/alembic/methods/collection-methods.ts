import type { Run } from '../code/interpreter.ts';
import { textOf } from '../values/text.ts';
import { type Arguments, none, type Value } from '../values/values.ts';

const changing = /^(?:append|add|insert|extend|update|setdefault|appendleft|intersection_update|difference_update)$/;

export function listLike(items: Value[], ...from: readonly { readonly unsure?: boolean }[]): Value {
  return { kind: 'list', items, ...(from.some(({ unsure }) => unsure === true) ? { unsure: true } : {}) };
}

/** On branches, collections only grow, so that items are checked on every path; positions become unknown. */
export function collectionMethod(
  run: Run,
  receiver: Extract<Value, { kind: 'list' | 'dictionary' }>,
  name: string,
  args: Arguments,
): Value {
  const [first, second] = args.positional;
  if (receiver.kind === 'list') {
    receiver.unsure ||= run.isUncertain && changing.test(name);
    if (name === 'append' || name === 'add') receiver.items.push(first ?? none);
    else if (name === 'insert') insert(run, receiver.items, first, second ?? none);
    else if (name === 'reverse' && !run.isUncertain) receiver.items.reverse();
    else if (/^(?:reverse|sort|pop|remove|clear|discard|popleft|appendleft|rotate)$/.test(name)) {
      receiver.items.fill(run.unknown('an item'));
      receiver.unsure = true;
    } else if (name === 'extend' || name === 'update') {
      receiver.items.push(...(first?.kind === 'list' ? first.items : [run.unknown('an item')]));
      receiver.unsure ||= first?.kind !== 'list' || first.unsure === true;
    } else if (name === 'copy') return listLike(receiver.items, receiver);
    return run.unknown(`the result of ${name}()`);
  }
  const entries = [...receiver.entries];
  receiver.unsure ||= run.isUncertain && changing.test(name);
  switch (name) {
    case 'items':
      return listLike(
        entries.map(([key, value]) => ({ kind: 'list', items: [{ kind: 'text', text: textOf(key) }, value] })),
        receiver,
      );
    case 'keys':
      return listLike(
        entries.map(([key]) => ({ kind: 'text', text: textOf(key) })),
        receiver,
      );
    case 'values':
      return listLike(
        entries.map(([, value]) => value),
        receiver,
      );
    case 'pop':
    case 'popitem':
    case 'clear':
      receiver.unsure = true;
      return run.unknown(`the result of ${name}()`);
    case 'get':
      return receiver.unsure === true
        ? run.unknown('an entry', true)
        : ((first?.kind === 'text' ? receiver.entries.get(first.text.text) : undefined) ?? second ?? none);
    case 'setdefault':
      if (first?.kind === 'text' && receiver.entries.has(first.text.text)) {
        return receiver.entries.get(first.text.text) ?? none;
      }
      receiver.entries.set(first?.kind === 'text' ? first.text.text : `#${receiver.entries.size}`, second ?? none);
      return second ?? none;
    case 'update':
      for (const [key, value] of [...dictionaryOf(first), ...args.named]) receiver.entries.set(key, value);
      receiver.unsure ||= first !== undefined && (first.kind !== 'dictionary' || first.unsure === true);
      return none;
    default:
      return run.unknown(`the result of ${name}()`);
  }
}

function insert(run: Run, items: Value[], at: Value | undefined, value: Value): void {
  if (!run.isUncertain && at?.kind === 'constant' && typeof at.value === 'number') {
    items.splice(at.value, 0, value);
  } else {
    items.fill(run.unknown('an item'));
    items.push(value);
  }
}

export function dictionaryOf(value: Value | undefined): ReadonlyMap<string, Value> {
  return value?.kind === 'dictionary' ? value.entries : new Map();
}
