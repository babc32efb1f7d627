import type { Run } from './interpreter.ts';
import { textOf } from './text.ts';
import { type Arguments, none, type Value } from './values.ts';

const changing = /^(?:append|add|insert|extend|update|setdefault|appendleft|intersection_update|difference_update)$/;

/** A list made from what others hold: as unsure as they are. */
export function listLike(items: Value[], ...from: readonly { readonly unsure?: boolean }[]): Value {
  return { kind: 'list', items, ...(from.some(({ unsure }) => unsure === true) ? { unsure: true } : {}) };
}

/**
 * Lists and dictionaries only grow on branches: what is put in on one is looked at on all. Where that moves the others,
 * or may, which item is where isn't known any more.
 */
export function collectionMethod(
  run: Run,
  receiver: Extract<Value, { kind: 'list' | 'dictionary' }>,
  name: string,
  args: Arguments,
): Value {
  const [first, second] = args.positional;
  if (receiver.kind === 'list') {
    receiver.unsure ||= run.uncertain > 0 && changing.test(name);
    if (name === 'append' || name === 'add') receiver.items.push(first ?? none);
    else if (name === 'insert') insert(run, receiver.items, first, second ?? none);
    else if (name === 'reverse' && run.uncertain === 0) receiver.items.reverse();
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
  receiver.unsure ||= run.uncertain > 0 && changing.test(name);
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
  if (run.uncertain === 0 && at?.kind === 'constant' && typeof at.value === 'number') {
    items.splice(at.value, 0, value);
  } else {
    items.fill(run.unknown('an item'));
    items.push(value);
  }
}

export function dictionaryOf(value: Value | undefined): ReadonlyMap<string, Value> {
  return value?.kind === 'dictionary' ? value.entries : new Map();
}
