import type { Queries } from './pool.ts';

export const VERSION_TABLE = 'alembic_version';

const UNDEFINED_TABLE = '42P01';

/** Undefined if nothing was ever applied. */
export async function currentRevision(database: Queries): Promise<string | undefined> {
  try {
    const { rows } = await database.query<{ version_num: string }>(`SELECT version_num FROM ${VERSION_TABLE}`);
    if (rows.length > 1) {
      throw new Error(`${VERSION_TABLE} holds ${rows.length} rows; a linear history has one`);
    }
    return rows[0]?.version_num;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE) {
      return undefined;
    }
    throw error;
  }
}
