import path from 'node:path';

export type Driver = 'asyncpg' | 'psycopg' | 'psycopg2';

export interface Environment {
  readonly driver: Driver | undefined;
  /** By default, Alembic runs all migrations of a call in one transaction. */
  readonly transactionPerMigration?: boolean;
}

export const plainEnvironment: Environment = { driver: undefined };

/** Reads without running. Of several drivers, the stricter counts. */
export function readEnvironment(source: string): Environment {
  const code = source.replaceAll(/#[^\n]*/g, '');
  const isAsync = /\bsqlalchemy\.ext\.asyncio\b|\basync_engine_from_config\b|\bcreate_async_engine\b/.test(code);
  const drivers: readonly Driver[] = ['asyncpg', 'psycopg', 'psycopg2'];
  const named = drivers.find((driver) => new RegExp(`\\b${driver}\\b`).test(code));
  return {
    // The URL is rarely in the file; an async engine means asyncpg unless stated.
    driver: named ?? (isAsync ? 'asyncpg' : undefined),
    ...(/\btransaction_per_migration\s*=\s*True\b/.test(code) ? { transactionPerMigration: true } : {}),
  };
}

/**
 * Where a migration stands after a COMMIT that it writes itself: psycopg asks the server and begins anew, psycopg2 and
 * asyncpg remember that they have begun.
 */
export function afterWrittenCommit({ driver }: Environment): 'open' | 'none' | 'unknown' {
  return driver === undefined ? 'unknown' : driver === 'psycopg' ? 'open' : 'none';
}

/**
 * Looks beside the migration and up to two folders above, as Alembic lays them out.
 * @param read returns undefined for a missing file
 */
export function environmentFinder(
  read: (file: string) => Promise<string | undefined>,
): (migration: string) => Promise<Environment> {
  const known = new Map<string, Promise<string | undefined>>();
  return async (migration) => {
    const folder = path.dirname(migration);
    for (const above of [folder, path.join(folder, '..'), path.join(folder, '..', '..')]) {
      const file = path.join(above, 'env.py');
      const source = known.get(file) ?? read(file);
      known.set(file, source);
      const text = await source;
      if (text !== undefined && /\balembic\b/.test(text)) {
        return readEnvironment(text);
      }
    }
    return plainEnvironment;
  };
}
