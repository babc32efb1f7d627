import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { withSession } from '../contract/postgres/session.ts';
import type { PostgresTarget } from '../contract/postgres/target.ts';
import type { PostgresLogin } from '../contract/postgres/uri-of.ts';

/** A database of one release or one test. Its URLs hold a password: never into output or arguments. */
export interface Database extends AsyncDisposable {
  readonly name: string;
  /** As the backplane takes DATABASE_URL: `postgresql+asyncpg://…` (contract, "The backplane's surface"). */
  urlFromPods(): string;
  /** As Postgres clients on this machine take it: `postgresql://…`. */
  urlFromTests(): string;
  /** Asks as the database's owner, with values as parameters. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Ends every connection to it and removes it and its role. May be called twice. */
  drop(): Promise<void>;
}

/** Without a password the one that the server's own way has. */
export type Login = Omit<PostgresLogin, 'password'> & { readonly password?: string };

export interface DatabaseServer {
  readonly admin: Login;
  /** The way to it from this machine, of whoever logs in. */
  readonly target: () => PostgresTarget;
  /** URLs of a login on it. */
  readonly urls: {
    readonly fromPods: (login: PostgresLogin) => string;
    readonly fromTests: (login: PostgresLogin) => string;
  };
  /** A comment on each role, from the moment it exists: by it its run is found again on a server that outlives the run. */
  readonly mark?: string;
}

/** The scheme in which the backplane takes DATABASE_URL. */
export const asyncpg = 'postgresql+asyncpg:';

/** Postgres' own code for what an administrator that is no superuser may not do. */
const insufficientPrivilege = '42501';

/**
 * Makes a database with an owner of its own: what a release can do to one, it can't do to another. pgvector is made
 * ready by the superuser where the server has it, as an operator would.
 */
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

/** @returns the URL of a role that may create roles and databases, and is no superuser */
export async function createAdministrator(server: DatabaseServer): Promise<string> {
  const name = `admin_${randomBytes(3).toString('hex')}`;
  const password = randomBytes(24).toString('base64url');
  await ask(server, server.admin, `CREATE ROLE ${name} LOGIN CREATEROLE CREATEDB PASSWORD '${password}'`);
  return server.urls.fromTests({ user: name, password, database: server.admin.database });
}

/** On a server of others only a superuser may be allowed to; a release that needs it says so in its migration. */
async function createVector(server: DatabaseServer, as: Login): Promise<void> {
  try {
    await ask(server, as, 'CREATE EXTENSION vector');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === insufficientPrivilege && server.mark !== undefined)) {
      throw error;
    }
  }
}

/** Several statements sent at once are one transaction: no role is ever there without its mark. */
function createRole(name: string, password: string, mark: string | undefined): string {
  const role = pg.escapeIdentifier(name);
  const create = `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`;
  // An administrator that is no superuser can give a database only to a role that it could become.
  return mark === undefined
    ? create
    : `${create}; COMMENT ON ROLE ${role} IS ${pg.escapeLiteral(mark)}; GRANT ${role} TO CURRENT_USER`;
}

/** Lower case, digits and underscores, at most 40 characters, unlike any other. */
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

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
