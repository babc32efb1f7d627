import type { Run } from './interpreter.ts';
import { textOf } from './text.ts';
import { type Arguments, none, type Value } from './values.ts';

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
    if (name === 'append' || name === 'add') receiver.items.push(first ?? none);
    else if (name === 'insert') insert(run, receiver.items, first, second ?? none);
    else if (name === 'reverse' && run.uncertain === 0) receiver.items.reverse();
    else if (/^(?:reverse|sort|pop|remove|clear|discard|popleft|appendleft|rotate)$/.test(name))
      receiver.items.fill(run.unknown('an item'));
    else if (name === 'extend' || name === 'update')
      receiver.items.push(...(first?.kind === 'list' ? first.items : [run.unknown('an item')]));
    else if (name === 'copy') return { kind: 'list', items: [...receiver.items] };
    return run.unknown(`the result of ${name}()`);
  }
  const entries = [...receiver.entries];
  switch (name) {
    case 'items':
      return {
        kind: 'list',
        items: entries.map(([key, value]) => ({ kind: 'list', items: [{ kind: 'text', text: textOf(key) }, value] })),
      };
    case 'keys':
      return { kind: 'list', items: entries.map(([key]) => ({ kind: 'text', text: textOf(key) })) };
    case 'values':
      return { kind: 'list', items: entries.map(([, value]) => value) };
    case 'get':
      return (first?.kind === 'text' ? receiver.entries.get(first.text.text) : undefined) ?? second ?? none;
    case 'setdefault':
      if (first?.kind === 'text' && receiver.entries.has(first.text.text)) {
        return receiver.entries.get(first.text.text) ?? none;
      }
      receiver.entries.set(first?.kind === 'text' ? first.text.text : `#${receiver.entries.size}`, second ?? none);
      return second ?? none;
    case 'update':
      for (const [key, value] of [...dictionaryOf(first), ...args.named]) receiver.entries.set(key, value);
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
