import type { Values } from './values.ts';

/** `['ingress', 'tls', 'secretName']`. */
export type ValuePath = readonly string[];

export function dotted(path: ValuePath): string {
  return path.join('.');
}

/** From a JSON pointer; empty for the root. */
export function pathOf(pointer: string): ValuePath {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Lists paths of non-tables and empty tables. A list is one value, as for helm. */
export function leavesOf(values: Values, above: ValuePath = []): readonly ValuePath[] {
  return Object.entries(values).flatMap(([key, value]): readonly ValuePath[] => {
    const path = [...above, key];
    return isTable(value) && Object.keys(value).length > 0 ? leavesOf(value, path) : [path];
  });
}

export function valueAt(values: Values, path: ValuePath): unknown {
  return path.reduce<unknown>((value, key) => (isTable(value) ? value[key] : undefined), values);
}

/** Also drops emptied tables. */
export function without(values: Values, [key = '', ...rest]: ValuePath): Values {
  const { [key]: value, ...others } = values;
  if (!isTable(value) || rest.length === 0) {
    return rest.length === 0 ? others : values;
  }
  const less = without(value, rest);
  return Object.keys(less).length === 0 ? others : { ...values, [key]: less };
}

/** Creates missing tables. */
export function withValue(values: Values, [key = '', ...rest]: ValuePath, value: unknown): Values {
  const before = values[key];
  const inside = isTable(before) ? before : {};
  return { ...values, [key]: rest.length === 0 ? value : withValue(inside, rest, value) };
}

export function isWithin(path: ValuePath, above: ValuePath): boolean {
  return above.every((key, index) => path[index] === key);
}

export function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
