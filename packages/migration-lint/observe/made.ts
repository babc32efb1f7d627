import { keyOf } from './catalogue.ts';
import type { Change } from './diff.ts';

/** What earlier revisions of a range made, which image N doesn't know: names of `keyOf`. */
export type Made = Set<string>;

/**
 * The changes that concern what N knows; of what is new to it only what it meets all the same. Takes up what they make.
 * @returns as well how many were left out
 */
export function concerning(
  changes: readonly Change[],
  made: Made,
): { readonly changes: Change[]; readonly additive: number } {
  const kept = changes.filter((change) => concernsN(change, made)).map((change) => withOlderColumns(change, made));
  for (const { what, entry, renamedTo } of changes) {
    if (what === 'added') {
      made.add(keyOf(entry));
    } else if (renamedTo !== undefined && made.has(keyOf(entry))) {
      made.add(keyOf({ kind: entry.kind, name: renamedTo }));
    }
  }
  return { changes: kept, additive: changes.length - kept.length };
}

function concernsN({ what, entry, fact, now }: Change, made: Made): boolean {
  const { kind, of, facts } = entry;
  if (['table', 'view', 'materialized view'].some((whole) => made.has(`${whole} ${of}`))) {
    return what === 'added' && kind === 'constraint' && facts['references'] != null;
  }
  if (!made.has(keyOf(entry))) {
    return true;
  }
  // N gives a new column no value.
  const isRequired = now?.facts['not null'] === 'true' && now.facts['default'] == null && now.facts['identity'] == null;
  return kind === 'column' && isRequired && (fact === 'not null' || fact === 'default');
}

function withOlderColumns(change: Change, made: Made): Change {
  const { what, entry } = change;
  const columns = what === 'added' ? (entry.facts['columns']?.split(',') ?? []) : [];
  const older = columns.filter((name) => made.has(`column ${entry.of}.${name}`));
  return older.length === 0 ? change : { ...change, newColumns: [...new Set([...change.newColumns, ...older])] };
}
