import { closedPort } from '@meho/core/http/testing/local-server';
import type { Database } from '../../services/database.ts';
import { asyncpg, databaseUrl } from '../database-url.ts';
import { besideOthers, type Fault, injection, otherCommandLine, type ReleaseContext } from '../fault.ts';
import { front, members } from '../front.ts';

const expectRed = ['audit-row'];

function decoy(id: string, title: string, says: RegExp, statements: readonly string[]): Fault {
  return {
    id: `audit-${id}`,
    title,
    expectRed,
    says,
    inject: async ({ environment }) => {
      const database = await environment.postgres.createDatabase('fault');
      for (const statement of statements) {
        await database.query(statement);
      }
      return injection(() => database.drop(), {
        onlyCommandLine: true,
        env: { DATABASE_URL: asyncpg(database.urlFromTests()) },
      });
    },
  };
}

/** Acts as an operator whom healthy runs don't use, so that no earlier row matches. */
function tampered(id: string, title: string, action: string, says = /audit-row: none/): Fault {
  return {
    id: `audit-${id}`,
    title,
    expectRed,
    says,
    inject: async ({ environment, installed }) => {
      const { database } = installed.target;
      await database.query(
        `CREATE FUNCTION prove_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${action}; END $$`,
      );
      await database.query(
        'CREATE TRIGGER prove_fault BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION prove_fault()',
      );
      const token = await environment.openId.token('admin', { kind: 'sound' });
      return injection(() => withoutTrigger(database), { env: { MEHO_ACCESS_TOKEN: token } });
    },
  };
}

async function withoutTrigger(database: Database): Promise<void> {
  await database.query('DROP TRIGGER prove_fault ON audit_log');
  await database.query('DROP FUNCTION prove_fault');
}

function elsewhere(id: string, title: string, says: RegExp, change: (url: URL) => void | Promise<void>): Fault {
  return {
    id: `audit-${id}`,
    title,
    expectRed,
    says,
    inject: async (context: ReleaseContext) => {
      const url = new URL(databaseUrl(context));
      await change(url);
      return otherCommandLine({ env: { DATABASE_URL: url.href } });
    },
  };
}

const columns = `operator_sub text, method text, path text, status_code int`;

/** Check 9: the request left a recent row of its operator. */
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
    // A backplane that can't confirm the row must not report success.
    expectRed: ['operator-accepted'],
    says: /503 audit_unavailable/,
  },
  ...besideOthers([
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
  ]),
];
