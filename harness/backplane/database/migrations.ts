import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One step of the schema. */
export interface Migration {
  /** What `alembic_version` holds when this is the last step applied, e.g. `0001_audit_log`. */
  readonly revision: string;
  readonly sql: string;
}

const FILE = /^(\d{4}_[a-z0-9_]{1,27})\.sql$/;

/**
 * The revisions that this image knows, oldest first: the names of the `.sql` files of a folder. The order is the number
 * in front, so that an image can tell a schema ahead of it from one that it should not touch.
 *
 * @throws Error when there is none or two share a number
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

/** The steps themselves, oldest first. */
export function migrationsIn(folder: string): readonly Migration[] {
  return revisionsIn(folder).map((revision) => ({
    revision,
    sql: readFileSync(join(folder, `${revision}.sql`), 'utf8'),
  }));
}

/** How a schema stands to the image that looks at it. */
export type SchemaState =
  | { readonly state: 'empty' }
  | { readonly state: 'behind' }
  | { readonly state: 'at-head' }
  /** A newer image migrated it. Its steps are additive, so this one can work on it: that is what a rollback needs. */
  | { readonly state: 'ahead' }
  /** Not one of ours, nor a later one: somebody else's history. */
  | { readonly state: 'unknown' };

/** @param current what `alembic_version` holds; undefined when there is no row or no table */
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
