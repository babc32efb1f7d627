import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Migration {
  /** Stored in `alembic_version`, e.g. `0001_audit_log`. */
  readonly revision: string;
  readonly sql: string;
}

const FILE = /^(\d{4}_[a-z0-9_]{1,27})\.sql$/;

/**
 * The folder's `.sql` files, ordered by number, which tells a newer schema from one of another history.
 * @throws Error if there are none or two share a number
 */
export function revisionsIn(folder: string): readonly string[] {
  const revisions = readdirSync(folder)
    .map((name) => FILE.exec(name)?.[1])
    .filter((revision) => revision !== undefined)
    .sort();
  const numbers = new Set(revisions.map(numberOf));
  if (revisions.length === 0 || numbers.size !== revisions.length) {
    throw new Error(`${folder} must hold migrations with a number each, but holds: ${revisions.join(', ') || 'none'}`);
  }
  return revisions;
}

export function migrationsIn(folder: string): readonly Migration[] {
  return revisionsIn(folder).map((revision) => ({
    revision,
    sql: readFileSync(join(folder, `${revision}.sql`), 'utf8'),
  }));
}

export type SchemaState =
  | { readonly state: 'empty' }
  | { readonly state: 'behind' }
  | { readonly state: 'at-head' }
  /** From a newer image. Steps are additive, so this image still works, as a rollback needs. */
  | { readonly state: 'ahead' }
  /** The schema has another history. */
  | { readonly state: 'unknown' };

/** @param current undefined without row or table */
export function schemaState(current: string | undefined, known: readonly string[]): SchemaState {
  const head = known.at(-1);
  if (current === undefined) {
    return { state: 'empty' };
  }
  if (current === head) {
    return { state: 'at-head' };
  }
  if (known.includes(current)) {
    return { state: 'behind' };
  }
  const isLater = head !== undefined && FILE.test(`${current}.sql`) && numberOf(current) > numberOf(head);
  return { state: isLater ? 'ahead' : 'unknown' };
}

function numberOf(revision: string): number {
  return Number(revision.slice(0, 4));
}
