import type { Run } from './interpreter.ts';
import { textOf } from './text.ts';
import { type Arguments, none, type Value } from './values.ts';

/** Lists and dictionaries only grow here: what is put in on one branch is looked at on all. */
export function collectionMethod(
  run: Run,
  receiver: Extract<Value, { kind: 'list' | 'dictionary' }>,
  name: string,
  args: Arguments,
): Value {
  const [first, second] = args.positional;
  if (receiver.kind === 'list') {
    if (name === 'append' || name === 'add') receiver.items.push(first ?? none);
    else if (name === 'insert') receiver.items.push(second ?? none);
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
    case 'update':
      for (const [key, value] of [...dictionaryOf(first), ...args.named]) receiver.entries.set(key, value);
      return none;
    default:
      return run.unknown(`the result of ${name}()`);
  }
}

export function dictionaryOf(value: Value | undefined): ReadonlyMap<string, Value> {
  return value?.kind === 'dictionary' ? value.entries : new Map();
}
