import { closedPort } from '../../http/testing/local-server.ts';
import type { Database } from '../../services/database.ts';
import { asyncpg, databaseUrl } from '../database-url.ts';
import { front, members } from '../front.ts';
import { asked, type Fault, injected, type ProveContext } from '../story.ts';

const expectRed = ['audit-row'];

/** A database that isn't the backplane's, prepared by `statements`. */
function decoy(id: string, title: string, says: RegExp, statements: readonly string[]): Fault {
  return {
    id: `audit-${id}`,
    title,
    expectRed,
    says,
    inject: async ({ environment }) => {
      const database = await environment.postgres.createDatabase('prove');
      for (const statement of statements) {
        await database.query(statement);
      }
      return injected(() => database.drop(), { env: { DATABASE_URL: asyncpg(database.urlFromTests()) } });
    },
  };
}

/**
 * The backplane's own table with a trigger that changes what is written. Asked as an operator that no healthy run is
 * asked as, so that no row of an earlier minute is in the way.
 */
function tampered(id: string, title: string, action: string, says = /audit-row: none/): Fault {
  return {
    id: `audit-${id}`,
    title,
    expectRed,
    says,
    inject: async ({ environment, installed }) => {
      const { database } = installed.site;
      await database.query(
        `CREATE FUNCTION prove_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${action}; END $$`,
      );
      await database.query(
        'CREATE TRIGGER prove_fault BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION prove_fault()',
      );
      const token = await environment.openId.token('admin', { kind: 'sound' });
      return injected(() => withoutTrigger(database), { env: { MEHO_ACCESS_TOKEN: token } });
    },
  };
}

async function withoutTrigger(database: Database): Promise<void> {
  await database.query('DROP TRIGGER prove_fault ON audit_log');
  await database.query('DROP FUNCTION prove_fault');
}

/** The URL of the backplane's database with something else in a part of it. */
function elsewhere(id: string, title: string, says: RegExp, change: (url: URL) => void | Promise<void>): Fault {
  return {
    id: `audit-${id}`,
    title,
    expectRed,
    says,
    inject: async (context: ProveContext) => {
      const url = new URL(databaseUrl(context));
      await change(url);
      return asked({ env: { DATABASE_URL: url.href } });
    },
  };
}

const columns = `operator_sub text, method text, path text, status_code int`;

/** Check 9 of the contract: the authenticated request left its row, of that operator and of this minute. */
export const audit: readonly Fault[] = [
  tampered('other-sub', 'the row is of another operator', "NEW.operator_sub := 'somebody else'; RETURN NEW"),
  tampered('old', 'the row is an hour old', "NEW.occurred_at := now() - interval '1 hour'; RETURN NEW"),
  tampered(
    'other-request',
    'the row is of another request',
    'NEW.request_id := gen_random_uuid(); RETURN NEW',
    /audit-row: none of this request \([0-9a-f-]+\), [1-9]\d* of other requests/,
  ),
  tampered('future', 'the row is of tomorrow', "NEW.occurred_at := now() + interval '1 day'; RETURN NEW"),
  {
    ...tampered('swallowed', 'the row is never written', 'RETURN NULL'),
    // A backplane that gets no row confirmed must not answer with success: it says so before anybody looks for the row.
    expectRed: ['operator-accepted'],
    says: /503 audit_unavailable/,
  },
  decoy('no-table', 'the database has no audit_log', /no table audit_log/, []),
  decoy('empty', 'the table has no row', /audit-row: none/, [
    `CREATE TABLE audit_log (occurred_at timestamptz, ${columns})`,
  ]),
  decoy('no-column', 'the table lacks a column', /lacks a column/, [`CREATE TABLE audit_log (${columns})`]),
  decoy('no-right', 'the table may not be read', /may not read/, [
    `CREATE TABLE audit_log (occurred_at timestamptz, ${columns})`,
    'REVOKE ALL ON audit_log FROM CURRENT_USER',
  ]),
  elsewhere('password', "the database's password is wrong", /refused the login/, (url) => {
    url.password = 'wrong';
  }),
  elsewhere('no-database', 'there is no such database', /no database of that name/, (url) => {
    url.pathname = '/not_there';
  }),
  elsewhere('unreachable', 'the database refuses connections', /can't be reached/, async (url) => {
    url.hostname = '127.0.0.1';
    url.port = String(await closedPort());
  }),
  {
    id: 'audit-no-sub',
    title: 'the health answer names no operator',
    expectRed,
    says: /no operator\.sub/,
    inject: (context) => front(context, { operator: members({ operator: {} }) }),
  },
];
