import type { SourceRange } from '../finding.ts';
import type { Block, Expression, Parameter } from './python.ts';
import type { Text } from './text.ts';

export type Names = Map<string, Value>;

/** A function of the file: its parameters, its body, and what its names mean. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Computed once, where the function is defined. */
  readonly defaults: Names;
  readonly body: Block | Expression;
  readonly enclosing: readonly Names[];
  readonly range: SourceRange;
  /** Arguments given beforehand: `self`, functools.partial. */
  readonly bound: Arguments;
}

/** What an expression of a migration is known to be. */
export type Value =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'constant'; readonly value: number | boolean | null }
  /** `unsure`: some of what it holds may not be there, or not in this place. */
  | { readonly kind: 'list'; readonly items: Value[]; unsure?: boolean }
  | { readonly kind: 'dictionary'; readonly entries: Map<string, Value>; unsure?: boolean }
  | FunctionValue
  | { readonly kind: 'class'; readonly name: string; readonly members: Names }
  | { readonly kind: 'instance'; readonly members: Names; readonly of: Names }
  /** Something imported or built in, by its dotted path. */
  | { readonly kind: 'import'; readonly path: string }
  /** What a call of an imported thing made, e.g. `sa.Column(…)`; `receiver` where a method of another made it. */
  | Made
  | { readonly kind: 'batch'; readonly table: Value; readonly schema: Value | undefined }
  | { readonly kind: 'method'; readonly receiver: Value; readonly name: string }
  /** `opaque`: it may be code, so that calling its methods may do anything; else it is data. */
  | { readonly kind: 'unknown'; readonly id: number; readonly what: string; readonly opaque: boolean };

export interface Made {
  readonly kind: 'made';
  readonly path: string;
  readonly args: Arguments;
  readonly receiver: Value | undefined;
  /** Methods that have been called on it since, in their order: `sa.delete(t).where(…)`. */
  readonly calls?: readonly { readonly name: string; readonly args: Arguments }[];
  readonly range: SourceRange;
}

export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** `*args` or `**kwargs` of which the contents are not known. */
  readonly incomplete: boolean;
}

export const noArguments: Arguments = { positional: [], named: new Map(), incomplete: false };
export const none: Value = { kind: 'constant', value: null };

export function isNone(value: Value | undefined): boolean {
  return value === undefined || (value.kind === 'constant' && value.value === null);
}

/** The last part of a dotted path. */
export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Code rather than data: what is called on one of several of them can't be told. */
export function isCode(value: Value | undefined): boolean {
  return value !== undefined && /^(?:import|function|class|instance|made|method|batch)$/.test(value.kind);
}

/** Whether two values are known to be the same. */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (one?.kind === 'text' && other?.kind === 'text')
    return one.text.text === other.text.text && one.text.exact && other.text.exact;
  if (one?.kind === 'constant' && other?.kind === 'constant') return one.value === other.value;
  return one?.kind === 'import' && other?.kind === 'import' && one.path === other.path;
}

/** True, false, or undefined where it isn't known. */
export function truth(value: Value): boolean | undefined {
  switch (value.kind) {
    case 'constant':
      return Boolean(value.value);
    case 'text':
      return value.text.exact ? value.text.text !== '' : undefined;
    case 'list':
      return value.unsure === true ? undefined : value.items.length > 0;
    case 'dictionary':
      return value.unsure === true ? undefined : value.entries.size > 0;
    case 'function':
    case 'class':
    case 'batch':
      return true;
    default:
      // What isn't in the file, also as an attribute of something made, and objects that say themselves what they count as.
      return undefined;
  }
}

/** Gives code that receives it the means to change the database. */
export function reachesDatabase(value: Value): boolean {
  switch (value.kind) {
    case 'batch':
    case 'function':
      return true;
    case 'method':
      return reachesDatabase(value.receiver);
    case 'import':
      return value.path.startsWith('alembic');
    case 'made':
      return /\b(?:Connection|Session|MigrationContext|Engine|Inspector)$/.test(value.path);
    case 'list':
      return value.items.some(reachesDatabase);
    case 'dictionary':
      return [...value.entries.values()].some(reachesDatabase);
    default:
      return false;
  }
}
