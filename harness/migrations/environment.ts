import path from 'node:path';

/** What the `env.py` beside a migration says about how Alembic runs it; what it leaves open is undefined. */
export interface Environment {
  /** `other`: one that takes several statements in one call, such as psycopg. */
  readonly driver: 'asyncpg' | 'other' | undefined;
}

/** Nothing is said. */
export const plainEnvironment: Environment = { driver: undefined };

/** Reads it without running it. Of drivers that are named in turn, the one that takes less counts. */
export function readEnvironment(source: string): Environment {
  const code = source.replaceAll(/#[^\n]*/g, '');
  const isAsync = /\bsqlalchemy\.ext\.asyncio\b|\basync_engine_from_config\b|\bcreate_async_engine\b/.test(code);
  const named = /\basyncpg\b/.test(code) ? 'asyncpg' : /\bpsycopg2?\b/.test(code) ? 'other' : undefined;
  return {
    // The address of the database is rarely in the file; an engine that is asynchronous is asyncpg's unless it says otherwise.
    driver: named ?? (isAsync ? 'asyncpg' : undefined),
  };
}

/**
 * Finds the `env.py` of a migration: beside it or in one of the two folders above, as Alembic lays them out.
 *
 * @param read gives the text of a file, or undefined where there is none
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
