import { randomBytes } from 'node:crypto';
import { withSession } from '@meho/contract/postgres/session';
import type { PostgresTarget } from '@meho/contract/postgres/target';
import type { PostgresLogin } from '@meho/contract/postgres/uri-of';
import { once } from '@meho/core/wait/once';
import pg from 'pg';

/** URLs hold a password: never in output or arguments. */
export interface Database extends AsyncDisposable {
  readonly name: string;
  /** `postgresql+asyncpg://…` (contract, "The backplane's surface"). */
  urlFromPods(): string;
  /** `postgresql://…`. */
  urlFromTests(): string;
  /** Queries as the owner. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Also cuts connections and removes the role. Idempotent. */
  drop(): Promise<void>;
}

/** Defaults to the server's own password. */
export type Login = Omit<PostgresLogin, 'password'> & { readonly password?: string };

export interface DatabaseServer {
  readonly admin: Login;
  /** How this machine reaches it. */
  readonly target: () => PostgresTarget;
  readonly urls: {
    readonly fromPods: (login: PostgresLogin) => string;
    readonly fromTests: (login: PostgresLogin) => string;
  };
  /** Comment on each role from its creation: identifies its run on a server that outlives it. */
  readonly mark?: string;
}

export const asyncpg = 'postgresql+asyncpg:';

/** For an administrator who isn't superuser. */
const insufficientPrivilege = '42501';

/** One owner each, so that releases can't affect each other. Enables pgvector as superuser, as an operator would. */
export async function createDatabase(purpose: string, server: DatabaseServer): Promise<Database> {
  const name = databaseName(purpose);
  const password = randomBytes(24).toString('base64url');
  const owner = { user: name, password, database: name };
  await ask(server, server.admin, createRole(name, password, server.mark));
  await ask(server, server.admin, `CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${pg.escapeIdentifier(name)}`);
  const inDatabase = { ...server.admin, database: name };
  const offered = await ask(server, inDatabase, `SELECT 1 FROM pg_available_extensions WHERE name = 'vector'`);
  if (offered.length > 0) {
    await createVector(server, inDatabase);
  }
  const drop = once(async () => {
    await ask(server, server.admin, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    await ask(server, server.admin, `DROP ROLE IF EXISTS ${pg.escapeIdentifier(name)}`);
  });
  return {
    name,
    urlFromPods: () => server.urls.fromPods(owner),
    urlFromTests: () => server.urls.fromTests(owner),
    query: (sql, values) => ask(server, owner, sql, values),
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

/** @returns the URL of a role that may create roles and databases but isn't superuser */
export async function createAdministrator(server: DatabaseServer): Promise<string> {
  const name = `admin_${randomBytes(3).toString('hex')}`;
  const password = randomBytes(24).toString('base64url');
  await ask(server, server.admin, `CREATE ROLE ${name} LOGIN CREATEROLE CREATEDB PASSWORD '${password}'`);
  return server.urls.fromTests({ user: name, password, database: server.admin.database });
}

/** An external server may require superuser; a release that needs it fails in its migration. */
async function createVector(server: DatabaseServer, as: Login): Promise<void> {
  try {
    await ask(server, as, 'CREATE EXTENSION vector');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === insufficientPrivilege && server.mark !== undefined)) {
      throw error;
    }
  }
}

/** Statements sent together form one transaction: no role exists without its mark. */
function createRole(name: string, password: string, mark: string | undefined): string {
  const role = pg.escapeIdentifier(name);
  const create = `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`;
  // Without superuser, a database's owner must be a role one could become.
  return mark === undefined
    ? create
    : `${create}; COMMENT ON ROLE ${role} IS ${pg.escapeLiteral(mark)}; GRANT ${role} TO CURRENT_USER`;
}

/** Unique; lower case, digits and underscores, at most 40 characters. */
export function databaseName(purpose: string): string {
  const stem = purpose
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 28);
  return `meho_${stem === '' ? '' : `${stem}_`}${randomBytes(3).toString('hex')}`;
}

export async function ask<Row extends pg.QueryResultRow>(
  server: DatabaseServer,
  { user, password, database }: Login,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const target = server.target();
  const hosts = target.hosts.map((host) => ({ ...host, password: password ?? host.password }));
  return withSession({ ...target, hosts, user, database }, {}, async (session) => {
    return (await session.query<Row>(sql, [...values])).rows;
  });
}
