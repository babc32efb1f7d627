import { isFields } from './fields.ts';

/** What a value has to be where it is there at all; absent and null are always allowed. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'object'
  | { readonly each: Shape }
  | { readonly values: Shape }
  | { readonly members: Readonly<Record<string, Shape>> };

/** @returns where a value is something else, e.g. `status.conditions is no list`; undefined where it is as it should be */
export function mismatch(value: unknown, shape: Shape, at = 'it'): string | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof shape === 'string') {
    const fits = shape === 'object' ? isFields(value) : typeof value === shape;
    return fits ? undefined : `${at} is no ${shape}`;
  }
  if ('each' in shape) {
    return Array.isArray(value)
      ? first(value, (item, index) => (item === null ? `${at}[${index}] is null` : mismatch(item, shape.each, at)))
      : `${at} is no list`;
  }
  if (!isFields(value)) {
    return `${at} is no object`;
  }
  return 'values' in shape
    ? first(Object.values(value), (member) => mismatch(member, shape.values, `a value of ${at}`))
    : first(Object.entries(shape.members), ([name, member]) =>
        mismatch(value[name], member, at === 'it' ? name : `${at}.${name}`),
      );
}

function first<T>(items: readonly T[], problemOf: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}
