import { type Catalogue, type Entry, keyOf } from './catalogue.ts';

/** A difference that stands for itself: what went with its table is not said again. */
export interface Change {
  readonly what: 'added' | 'removed' | 'changed';
  /** As it was before, if it was there. */
  readonly entry: Entry;
  /** Of a column: it still is there under this name. */
  readonly renamedTo?: string;
  /** Only of `changed`. */
  readonly fact?: string;
  readonly now?: Entry;
  readonly before?: string | null;
  readonly after?: string | null;
  /** What the entry's table is a part of. */
  readonly parents: readonly string[];
  /** The columns of its table that are as new as it is, for what is added. */
  readonly newColumns: readonly string[];
  /** The index or constraint that it replaces makes the same rows unique. */
  readonly wasUnique: boolean;
}

/** What is no difference by itself. */
const derived: ReadonlySet<string> = new Set(['columns', 'constraint', 'number', 'owned by']);

/** What happened between two catalogues, in the order of the names. */
export function diff(before: Catalogue, after: Catalogue): Change[] {
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, entry]) => entry);
  const added = [...after].filter(([key]) => !before.has(key)).map(([, entry]) => entry);
  const pairs = [...before].flatMap(([key, old]) => {
    const now = after.get(key);
    return now === undefined ? [] : [{ old, now }];
  });
  const gone = new Set(removed.map(keyOf));
  const replaced = new Set(pairs.filter(({ old, now }) => isReplaced(old, now)).map(({ old }) => keyOf(old)));
  const fresh = new Set(added.map(keyOf));
  // DROP IDENTITY takes the sequence with it.
  const plain = new Set(
    pairs
      .filter(({ old, now }) => old.facts['identity'] != null && now.facts['identity'] == null)
      .map(({ old }) => keyOf(old)),
  );
  const isGone = (key: string) => gone.has(key) || replaced.has(key);
  const isLost = (entry: Entry) => goesWith(entry, isGone) || plain.has(`column ${entry.facts['owned by']}`);
  const change = (what: Change['what'], entry: Entry, rest: Partial<Change> = {}): Change => ({
    what,
    entry,
    parents: parentsOf(entry, before, after),
    newColumns: what === 'added' ? columnsOf(entry).filter((name) => fresh.has(`column ${entry.of}.${name}`)) : [],
    wasUnique: what === 'added' && isUniqueBefore(entry, before),
    ...rest,
  });
  const renamed = new Map(
    removed.flatMap((old) => {
      const now = added.find(
        ({ kind, of, facts }) => isColumn(old, kind, of) && facts['number'] === old.facts['number'],
      );
      return now === undefined ? [] : [[old, now] as const];
    }),
  );
  const newNames = new Set(renamed.values());
  return [
    ...removed
      .filter((entry) => !isLost(entry))
      .map((entry) => {
        const now = renamed.get(entry);
        return change('removed', entry, now === undefined ? {} : { renamedTo: now.name });
      }),
    ...pairs
      .filter(({ old }) => !goesWith(old, isGone))
      .flatMap(({ old, now }) =>
        replaced.has(keyOf(old))
          ? [change('changed', old, { fact: 'number', now })]
          : Object.keys(now.facts)
              .filter((fact) => !derived.has(fact) && old.facts[fact] !== now.facts[fact])
              .map((fact) =>
                change('changed', old, { fact, now, before: old.facts[fact] ?? null, after: now.facts[fact] ?? null }),
              ),
      ),
    ...added
      .filter((entry) => !newNames.has(entry))
      .filter((entry) => isItsOwn(entry, (key) => fresh.has(key) || replaced.has(key)))
      .map((entry) => change('added', entry)),
  ].sort((one, other) => one.entry.name.localeCompare(other.entry.name, 'en'));
}

function isColumn({ kind, of }: Entry, ...[otherKind, otherOf]: readonly [Entry['kind'], Entry['of']]): boolean {
  return kind === 'column' && otherKind === kind && otherOf === of;
}

/** The name is the same, the object is another: its rows or values are gone. */
function isReplaced(old: Entry, now: Entry): boolean {
  return (old.kind === 'table' || old.kind === 'column') && old.facts['number'] !== now.facts['number'];
}

function goesWith(entry: Entry, isGone: (key: string) => boolean): boolean {
  const { kind, of, facts } = entry;
  const whole = [`table ${of}`, `schema ${of}`, `view ${of}`, `materialized view ${of}`, `schema ${of?.split('.')[0]}`];
  const owner = facts['owned by'];
  return (
    whole.some(isGone) ||
    (kind !== 'column' && columnsOf(entry).some((name) => isGone(`column ${of}.${name}`))) ||
    (kind === 'index' && facts['constraint'] != null && isGone(`constraint ${of}.${facts['constraint']}`)) ||
    (owner != null && (isGone(`column ${owner}`) || isGone(`table ${owner.slice(0, owner.lastIndexOf('.'))}`)))
  );
}

/** Of a new table, only what it refers to concerns others. */
function isItsOwn({ kind, of, facts }: Entry, isFresh: (key: string) => boolean): boolean {
  const isOfFreshTable = [`table ${of}`, `view ${of}`, `materialized view ${of}`].some(isFresh);
  if (isOfFreshTable) {
    return kind === 'constraint' && facts['references'] != null;
  }
  return !(kind === 'index' && facts['constraint'] != null && isFresh(`constraint ${of}.${facts['constraint']}`));
}

function columnsOf({ facts }: Entry): string[] {
  return facts['columns']?.split(',') ?? [];
}

function parentsOf({ name, of }: Entry, ...catalogues: readonly Catalogue[]): string[] {
  return catalogues.flatMap((catalogue) => {
    const whole = catalogue.get(`table ${name}`) ?? catalogue.get(`table ${of}`);
    return whole?.facts['part of']?.split(',') ?? [];
  });
}

/** A constraint that takes an index over, or one made anew under another name. */
function isUniqueBefore(entry: Entry, before: Catalogue): boolean {
  const { kind, of, facts } = entry;
  const isUnique = kind === 'index' ? facts['unique'] === 'true' : ['p', 'u'].includes(facts['type'] ?? '');
  return (
    isUnique &&
    [...before.values()].some(
      (other) =>
        other.kind === 'index' &&
        other.of === of &&
        other.facts['unique'] === 'true' &&
        other.facts['valid'] === 'true' &&
        other.facts['columns'] === facts['columns'] &&
        (kind === 'index'
          ? uniqueness(other) === uniqueness(entry)
          : /^\S+ USING \w+ \([^()]*\)$/.test(uniqueness(other))),
    )
  );
}

/** An index' definition without its name. */
function uniqueness({ facts }: Entry): string {
  return (facts['definition'] ?? '').replace(/^.*? ON /, '');
}
