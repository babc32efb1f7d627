import type { SourceRange } from '../../finding.ts';
import type { Block, Expression, Parameter } from '../syntax/python.ts';
import type { Text } from './text.ts';

export type Names = Map<string, Value>;

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Evaluated once, at definition. */
  readonly defaults: Names;
  readonly body: Block | Expression;
  readonly enclosing: readonly Names[];
  readonly range: SourceRange;
  /** `self`, functools.partial. */
  readonly bound: Arguments;
}

export type Value =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'constant'; readonly value: number | boolean | null }
  /** `unsure`: items may be missing or elsewhere. */
  | { readonly kind: 'list'; readonly items: Value[]; unsure?: boolean }
  | { readonly kind: 'dictionary'; readonly entries: Map<string, Value>; unsure?: boolean }
  | FunctionValue
  | { readonly kind: 'class'; readonly name: string; readonly members: Names }
  | { readonly kind: 'instance'; readonly members: Names; readonly of: Names }
  | { readonly kind: 'import'; readonly path: string }
  /** Result of an imported call, e.g. `sa.Column(…)`; `receiver` for a method call. */
  | LibraryObject
  | BatchValue
  | { readonly kind: 'method'; readonly receiver: Value; readonly name: string }
  /** `opaque`: may be code, so its methods may do anything. */
  | { readonly kind: 'unknown'; readonly id: number; readonly what: string; readonly opaque: boolean };

export interface LibraryObject {
  readonly kind: 'made';
  readonly path: string;
  readonly args: Arguments;
  readonly receiver: Value | undefined;
  /** Methods called since, in order: `sa.delete(t).where(…)`. */
  readonly calls?: readonly { readonly name: string; readonly args: Arguments }[];
  readonly range: SourceRange;
}

export interface BatchValue {
  readonly kind: 'batch';
  readonly table: Value;
  readonly schema: Value | undefined;
  readonly mayRecreate: boolean;
  readonly queue: { isOpen: boolean; readonly operations: QueuedOperation[] };
}

export interface QueuedOperation {
  readonly frames: readonly SourceRange[];
  /** Outermost first. */
  readonly branches: readonly object[];
  readonly send: () => void;
}

export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** `*args` or `**kwargs` with unknown contents. */
  readonly incomplete: boolean;
}

export const noArguments: Arguments = { positional: [], named: new Map(), incomplete: false };
export const none: Value = { kind: 'constant', value: null };

export function isNone(value: Value | undefined): boolean {
  return value === undefined || (value.kind === 'constant' && value.value === null);
}

export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

export function isCode(value: Value | undefined): boolean {
  return value !== undefined && /^(?:import|function|class|instance|made|method|batch)$/.test(value.kind);
}

export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (one?.kind === 'text' && other?.kind === 'text')
    return one.text.text === other.text.text && one.text.exact && other.text.exact;
  if (one?.kind === 'constant' && other?.kind === 'constant') return one.value === other.value;
  return one?.kind === 'import' && other?.kind === 'import' && one.path === other.path;
}

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
      // Objects from outside the file, and those that define their own truth value.
      return undefined;
  }
}

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
