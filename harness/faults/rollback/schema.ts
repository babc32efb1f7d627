import { asyncpg } from '../database-url.ts';
import { type Fault, injection, otherCommandLine, usage } from '../fault.ts';

/** Columns that N+1 adds to `audit_log` (contract, rollback-verify). */
export const columns = ['payload_summary', 'payload_summary_jsonb'] as const;

const expectRed = ['schema-columns'];
const addText = `ALTER TABLE audit_log ADD COLUMN payload_summary text NULL DEFAULT 'reserved_for_v0.2'`;
const addJson = `ALTER TABLE audit_log ADD COLUMN payload_summary_jsonb jsonb NULL DEFAULT '{}'`;

/** Changes the schema while N keeps serving. */
function altered(
  id: string,
  title: string,
  says: RegExp,
  statements: readonly string[],
  undo: readonly string[],
): Fault {
  return {
    id: `schema-${id}`,
    title,
    expectRed,
    says,
    inject: async ({ installed }) => {
      const { database } = installed.target;
      const run = async (all: readonly string[]) => {
        for (const statement of all) {
          await database.query(statement);
        }
      };
      await run(statements);
      return injection(() => run(undo));
    },
  };
}

/** Check 2: a rollback leaves the schema in place. */
export const schema: readonly Fault[] = [
  altered(
    'dropped',
    'a column of N+1 was dropped',
    /payload_summary missing/,
    ['ALTER TABLE audit_log DROP COLUMN payload_summary'],
    [addText],
  ),
  altered(
    'down-migration',
    'the schema was migrated down to N',
    /payload_summary, payload_summary_jsonb missing/,
    [
      'ALTER TABLE audit_log DROP COLUMN payload_summary, DROP COLUMN payload_summary_jsonb',
      `UPDATE alembic_version SET version_num = '0002_audit_log_tenant'`,
    ],
    [addText, addJson, `UPDATE alembic_version SET version_num = '0003_payload_summary'`],
  ),
  {
    id: 'schema-elsewhere',
    title: 'DATABASE_URL names a database without an audit log',
    expectRed,
    says: /audit_log/,
    inject: async ({ environment }) => {
      const database = await environment.postgres.createDatabase('fault');
      return injection(() => database.drop(), { env: { DATABASE_URL: asyncpg(database.urlFromTests()) } });
    },
  },
  {
    id: 'schema-other-column',
    title: 'a column is expected that N+1 never had',
    expectRed,
    says: /payload_digest missing/,
    inject: async () => otherCommandLine({ flags: { 'expected-schema-columns': 'payload_summary,payload_digest' } }),
  },
  {
    id: 'usage-column',
    title: 'a column is no SQL identifier',
    expectRed: [usage],
    says: /--expected-schema-columns/,
    inject: async () =>
      otherCommandLine({ flags: { 'expected-schema-columns': 'payload_summary;drop table audit_log' } }),
  },
];
