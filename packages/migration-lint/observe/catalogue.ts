const kinds = [
  'schema',
  'table',
  'view',
  'materialized view',
  'sequence',
  'column',
  'constraint',
  'index',
  'trigger',
  'rule',
  'policy',
  'function',
  'type',
  'extension',
  'setting',
] as const;
export type Kind = (typeof kinds)[number];

/** An object as Postgres' catalogue has it. */
export interface Entry {
  readonly kind: Kind;
  /** With its schema and table, not quoted, e.g. `public.audit_log.path`. */
  readonly name: string;
  /** The table or schema that it goes with. */
  readonly of: string | null;
  readonly facts: Readonly<Record<string, string | null>>;
}

/** By `keyOf`. */
export type Catalogue = ReadonlyMap<string, Entry>;

export function keyOf({ kind, name }: Pick<Entry, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** What a migration, or what ran before it, took from the catalogue and put there: each a row of `catalogueQuery`. */
export interface RowChanges {
  readonly gone: readonly string[];
  readonly made: readonly string[];
}

/** @throws SyntaxError unless the rows are of `catalogueQuery` */
export function withRows(catalogue: Catalogue, { gone, made }: RowChanges): Catalogue {
  const next = new Map(catalogue);
  for (const row of gone) {
    next.delete(keyOf(entryOf(row)));
  }
  for (const row of made) {
    const entry = entryOf(row);
    next.set(keyOf(entry), entry);
  }
  return next;
}

function entryOf(row: string): Entry {
  return JSON.parse(row);
}
