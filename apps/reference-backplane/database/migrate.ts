import pg from 'pg';
import type { DatabaseAddress } from '../settings/database-url.ts';
import { type Migration, schemaState } from './migrations.ts';
import { connectionOf } from './pool.ts';
import { currentRevision, VERSION_TABLE } from './schema.ts';

/** Every image must use the same lock. */
const ADVISORY_LOCK = 4_862_673_001;
/** For another migration, or a long transaction on an altered table. */
const LOCK_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

export async function migrateToHead(
  database: DatabaseAddress,
  migrations: readonly Migration[],
  say: (line: string) => void,
): Promise<void> {
  const client = new pg.Client({ ...connectionOf(database), connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // The pending query fails too and reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    while ((await applyNext(client, migrations, say)) === 'applied') {
      // One transaction per step: earlier ones survive a later failure.
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * One lock until commit, so that concurrent runs apply each step once. PostgreSQL's DDL is transactional: a failed step
 * leaves nothing.
 */
async function applyNext(
  client: pg.Client,
  migrations: readonly Migration[],
  say: (line: string) => void,
): Promise<'applied' | 'done'> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS ${VERSION_TABLE} (version_num varchar(32) NOT NULL PRIMARY KEY)`);
    const next = nextStep(await currentRevision(client), migrations, say);
    if (next === undefined) {
      await client.query('COMMIT');
      return 'done';
    }
    await client.query(next.sql);
    await client.query(`DELETE FROM ${VERSION_TABLE}`);
    await client.query(`INSERT INTO ${VERSION_TABLE} (version_num) VALUES ($1)`, [next.revision]);
    await client.query('COMMIT');
    say(`applied ${next.revision}`);
    return 'applied';
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** @throws Error for a schema outside this history: applying anything would be a guess */
function nextStep(
  current: string | undefined,
  migrations: readonly Migration[],
  say: (line: string) => void,
): Migration | undefined {
  const known = migrations.map(({ revision }) => revision);
  const { state } = schemaState(current, known);
  switch (state) {
    case 'empty':
      return migrations[0];
    case 'behind':
      return migrations[known.indexOf(current ?? '') + 1];
    case 'at-head':
      say(`schema is at ${current}, the head: nothing to do`);
      return undefined;
    case 'ahead':
      say(`schema is at ${current}, ahead of this image's head ${known.at(-1)}: nothing to do`);
      return undefined;
    case 'unknown':
      throw new Error(`the schema is at revision ${current}, which is not in this image's history`);
  }
}
