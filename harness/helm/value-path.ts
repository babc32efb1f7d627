import type { Values } from './values.ts';

/** Where a value is among values: `['ingress', 'tls', 'secretName']`. */
export type ValuePath = readonly string[];

/** As operators write it: `ingress.tls.secretName`. */
export function dotted(path: ValuePath): string {
  return path.join('.');
}

/** Of a JSON pointer, as helm names places; the empty pointer is the root. */
export function pathOf(pointer: string): ValuePath {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The paths of everything that is no table, or an empty one. Lists are one value, as they are for helm. */
export function leavesOf(values: Values, above: ValuePath = []): readonly ValuePath[] {
  return Object.entries(values).flatMap(([key, value]): readonly ValuePath[] => {
    const path = [...above, key];
    return isTable(value) && Object.keys(value).length > 0 ? leavesOf(value, path) : [path];
  });
}

export function valueAt(values: Values, path: ValuePath): unknown {
  return path.reduce<unknown>((value, key) => (isTable(value) ? value[key] : undefined), values);
}

/** Without the value, and without the tables that nothing is left in. */
export function without(values: Values, [key = '', ...rest]: ValuePath): Values {
  const { [key]: value, ...others } = values;
  if (!isTable(value) || rest.length === 0) {
    return rest.length === 0 ? others : values;
  }
  const less = without(value, rest);
  return Object.keys(less).length === 0 ? others : { ...values, [key]: less };
}

/** With another value in its place, in tables that are made where there are none. */
export function withValue(values: Values, [key = '', ...rest]: ValuePath, value: unknown): Values {
  const before = values[key];
  const inside = isTable(before) ? before : {};
  return { ...values, [key]: rest.length === 0 ? value : withValue(inside, rest, value) };
}

/** Whether the path is `above` or leads on from there. */
export function isWithin(path: ValuePath, above: ValuePath): boolean {
  return above.every((key, index) => path[index] === key);
}

export function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
