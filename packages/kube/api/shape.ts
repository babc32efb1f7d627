import { isFields } from './fields.ts';

type Leaf = 'string' | 'number' | 'boolean' | 'object' | 'base64' | 'anything';

/** What a value read from outside must look like. Absent and null are always allowed, but for the items of a list. */
export type Shape =
  | Leaf
  | {
      readonly each: Shape;
      /** Null stands for an empty item, as in Go. */
      readonly nullable?: boolean;
    }
  | { readonly values: Shape }
  /** Unknown members are not looked at. */
  | { readonly members: Readonly<Record<string, Shape>> };

/** A member by its name, an item by its index, a value by its index: names of values may be secret. */
type Step = string | { readonly item: number } | { readonly value: number };

export interface Fault {
  readonly path: readonly Step[];
  readonly expected: Exclude<Leaf, 'anything'> | 'list' | 'item';
  /** May be secret. */
  readonly value: unknown;
}

/** Every place where the value does not fit; the caller may stop at the first. */
export function* faultsOf(value: unknown, shape: Shape, path: readonly Step[] = []): Generator<Fault, void> {
  if (value === undefined || value === null || shape === 'anything') {
    return;
  }
  if (typeof shape === 'string') {
    if (!fits(value, shape)) {
      yield { path, expected: typeof value === 'string' || shape !== 'base64' ? shape : 'string', value };
    }
  } else if ('each' in shape) {
    if (!Array.isArray(value)) {
      yield { path, expected: 'list', value };
      return;
    }
    for (const [item, inner] of value.entries()) {
      if (inner === null && shape.nullable !== true) {
        yield { path: [...path, { item }], expected: 'item', value: inner };
      } else if (!isLeafOf(inner, shape.each)) {
        yield* faultsOf(inner, shape.each, [...path, { item }]);
      }
    }
  } else if (!isFields(value)) {
    yield { path, expected: 'object', value };
  } else if ('values' in shape) {
    for (const [at, inner] of Object.values(value).entries()) {
      if (!isLeafOf(inner, shape.values)) {
        yield* faultsOf(inner, shape.values, [...path, { value: at }]);
      }
    }
  } else {
    for (const [name, member] of Object.entries(shape.members)) {
      const inner = value[name];
      if (!isLeafOf(inner, member)) {
        yield* faultsOf(inner, member, [...path, name]);
      }
    }
  }
}

/** Spares most of the walk: a list has thousands of texts. */
function isLeafOf(value: unknown, shape: Shape): boolean {
  return value === undefined || value === null || (typeof shape === 'string' && fits(value, shape));
}

function fits(value: unknown, shape: Leaf): boolean {
  switch (shape) {
    case 'anything':
      return true;
    case 'object':
      return isFields(value);
    case 'base64':
      return typeof value === 'string' && isBase64(value);
    default:
      return typeof value === shape;
  }
}

/** Padded; line breaks are ignored, blanks aren't. */
function isBase64(text: string): boolean {
  const body = text.replace(/[\r\n]/g, '');
  return body.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(body);
}

/** @returns e.g. `status.conditions is no list`; undefined if it fits */
export function mismatch(value: unknown, shape: Shape): string | undefined {
  const [fault] = faultsOf(value, shape);
  if (fault === undefined) {
    return undefined;
  }
  const { path, expected } = fault;
  const where = placeOf(path);
  return expected === 'item' ? `${where} is null` : `${where === '' ? 'it' : where} is no ${expected}`;
}

/** E.g. `spec.containers[0].name`, or `metadata.labels.{2}` for the third value. */
export function placeOf(path: readonly Step[]): string {
  return path.reduce<string>((so, step) => {
    if (typeof step === 'object' && 'item' in step) {
      return `${so}[${step.item}]`;
    }
    const name = typeof step === 'string' ? step : `{${step.value}}`;
    return so === '' ? name : `${so}.${name}`;
  }, '');
}
