import type { Run } from './interpreter.ts';
import { none, same, type Value } from './values.ts';

/** A way out of a block before its end. `raise` ends the migration, or a `try` around it. */
export type Leave =
  | { readonly how: 'raise' | 'break' | 'continue' | 'jump' }
  | { readonly how: 'return'; readonly value: Value };

/** How a block ended, and in which ways it may have been left before, on branches that may be taken. */
export type End = (Leave | { readonly how: 'end' }) & { readonly perhaps: readonly Leave[] };

export const ended: End = { how: 'end', perhaps: [] };

/** The end of branches of which any one may be taken. */
export function anyOf(run: Run, ends: readonly End[]): End {
  const leaves = ends.flatMap((end): Leave[] => (end.how === 'end' ? [] : [end]));
  const before = ends.flatMap(({ perhaps }) => perhaps);
  if (leaves.length < ends.length || ends.length === 0) {
    return { how: 'end', perhaps: [...before, ...leaves.filter(({ how }) => how !== 'raise')] };
  }
  const kinds = new Set(leaves.map(({ how }) => how));
  if (kinds.size === 1 && kinds.has('return')) {
    return { how: 'return', value: run.unknown('the result of several branches', true), perhaps: before };
  }
  const [only] = kinds.size === 1 ? leaves : [];
  return only === undefined || only.how === 'return'
    ? { how: 'jump', perhaps: [...before, ...leaves.filter(({ how }) => how !== 'raise')] }
    : { how: only.how, perhaps: before };
}

/** What a function gives back that ends so. */
export function resultOf(run: Run, end: End): Value {
  const value = end.how === 'return' ? end.value : none;
  const others = end.perhaps.flatMap((leave) => (leave.how === 'return' ? [leave.value] : []));
  return others.every((other) => same(value, other) || isNone(other))
    ? value
    : run.unknown('one of several results', true);
}

function isNone(value: Value): boolean {
  return value.kind === 'constant' && value.value === null;
}
