import { none, same, type Value } from '../values/values.ts';
import type { Run } from './interpreter.ts';

/** An early exit. `raise` ends the migration or an enclosing `try`. */
export type Leave =
  | { readonly how: 'raise' | 'break' | 'continue' | 'jump' }
  | { readonly how: 'return'; readonly value: Value };

/** `maybe`: early exits that uncertain branches may have taken. */
export type End = (Leave | { readonly how: 'end' }) & { readonly maybe: readonly Leave[] };

export const ended: End = { how: 'end', maybe: [] };

export function anyOf(run: Run, ends: readonly End[]): End {
  const leaves = ends.flatMap((end): Leave[] => (end.how === 'end' ? [] : [end]));
  const before = ends.flatMap(({ maybe }) => maybe);
  if (leaves.length < ends.length || ends.length === 0) {
    return { how: 'end', maybe: [...before, ...leaves.filter(({ how }) => how !== 'raise')] };
  }
  const kinds = new Set(leaves.map(({ how }) => how));
  if (kinds.size === 1 && kinds.has('return')) {
    return { how: 'return', value: run.unknown('the result of several branches', true), maybe: before };
  }
  const [only] = kinds.size === 1 ? leaves : [];
  return only === undefined || only.how === 'return'
    ? { how: 'jump', maybe: [...before, ...leaves.filter(({ how }) => how !== 'raise')] }
    : { how: only.how, maybe: before };
}

export function resultOf(run: Run, end: End): Value {
  const value = end.how === 'return' ? end.value : none;
  const others = end.maybe.flatMap((leave) => (leave.how === 'return' ? [leave.value] : []));
  return others.every((other) => same(value, other) || isNone(other))
    ? value
    : run.unknown('one of several results', true);
}

function isNone(value: Value): boolean {
  return value.kind === 'constant' && value.value === null;
}
