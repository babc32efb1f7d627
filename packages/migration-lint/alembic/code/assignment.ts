import type { Block, Expression } from '../syntax/python.ts';
import type { Value } from '../values/values.ts';
import { evaluate } from './expressions.ts';
import type { Run } from './interpreter.ts';

export function assign(run: Run, target: Expression, value: Value): void {
  switch (target.type) {
    case 'name':
      run.define(target.name, value);
      break;
    case 'sequence':
      target.items.forEach((item, index) => {
        const spread = target.items.some(({ spread: is }) => is);
        const part = value.kind === 'list' && !spread ? value.items[index] : undefined;
        assign(run, item.value, part ?? run.unknown('a part of an assignment'));
      });
      break;
    case 'subscript': {
      const object = evaluate(run, target.object);
      const index = target.index === undefined ? undefined : evaluate(run, target.index);
      assignItem(run, object, index, value);
      break;
    }
    case 'attribute': {
      const object = evaluate(run, target.object);
      if (object.kind === 'instance' || object.kind === 'class') {
        object.members.set(
          target.name,
          run.isUncertain && object.members.has(target.name) ? run.unknown(target.name) : value,
        );
      }
      break;
    }
    default:
      break;
  }
}

/** `list += …` mutates the list for every alias. */
export function extendsInPlace(run: Run, operator: string, target: Expression, value: Value): boolean {
  const list = operator === '+' || operator === '|' ? evaluate(run, target) : undefined;
  if (list?.kind === 'dictionary' && operator === '|') {
    const added =
      value.kind === 'dictionary' ? value.entries : new Map([[`#${list.entries.size}`, run.unknown('an entry')]]);
    for (const [key, item] of added)
      list.entries.set(key, run.isUncertain && list.entries.has(key) ? run.unknown(key) : item);
    list.unsure ||= run.isUncertain || value.kind !== 'dictionary' || value.unsure === true;
    return true;
  }
  if (list?.kind !== 'list') {
    return false;
  }
  list.items.push(...(value.kind === 'list' ? value.items : [run.unknown('an item')]));
  list.unsure ||= run.isUncertain || value.kind !== 'list' || value.unsure === true;
  return true;
}

/** On a branch that may not run, the old item may remain. */
function assignItem(run: Run, object: Value, index: Value | undefined, value: Value): void {
  if (object.kind === 'dictionary') {
    const key = index?.kind === 'text' && index.text.exact ? index.text.text : `#${object.entries.size}`;
    object.unsure ||= run.isUncertain;
    object.entries.set(key, run.isUncertain && object.entries.has(key) ? run.unknown('an entry') : value);
  } else if (object.kind === 'list') {
    const at =
      index?.kind === 'constant' && typeof index.value === 'number' && !run.isUncertain ? index.value : undefined;
    if (at !== undefined && at >= 0 && at < object.items.length) {
      object.items[at] = value;
    } else {
      object.items.fill(run.unknown('an item'));
      if (index === undefined || index.kind === 'unknown') {
        // May be a slice that lengthened the list.
        object.items.push(run.unknown('an item'));
        object.unsure = true;
      }
    }
  }
}

export function assignedIn(block: Block): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(visit);
    } else if (typeof value === 'object' && value !== null) {
      if ('targets' in value && Array.isArray(value.targets)) {
        for (const target of value.targets) collectNames(target, names);
      }
      if ('target' in value && isExpression(value.target)) collectNames(value.target, names);
      if ('type' in value && /^(?:assignment|function|class)$/.test(String(value.type)) && 'name' in value) {
        names.add(String(value.name));
      }
      Object.values(value).forEach(visit);
    }
  };
  visit(block);
  return names;
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function collectNames(target: Expression, names: Set<string>): void {
  if (target.type === 'name') names.add(target.name);
  if (target.type === 'sequence')
    target.items.forEach(({ value }) => {
      collectNames(value, names);
    });
}
