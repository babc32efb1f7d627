import pg from 'pg';
import { type PostgresTarget, postgresProblem, postgresTarget } from '../contract/postgres/target.ts';
import { parsePostgresUri } from '../contract/postgres/uri.ts';
import { postgresUriOf } from '../contract/postgres/uri-of.ts';
import { messageOf, UsageError } from '../problem.ts';
import { type RunIdentity, runOf } from '../runs/identity.ts';
import { ask, asyncpg, createDatabase, type Database, type DatabaseServer } from './database.ts';
import { type GivenServices, singleAddress } from './given-services.ts';

/** A Postgres that somebody else runs, with an administrator's access. Holds a password: never printed. */
export interface GivenPostgres {
  /** For `networkPolicy.postgresCIDR`. */
  readonly cidr: string;
  /** Makes a database with a role of its own, marked with the run's labels. */
  createDatabase(purpose: string): Promise<Database>;
  /** @throws UsageError in one line when the administrator's URL doesn't open it, or opens too little */
  open(): Promise<void>;
  /**
   * Removes the databases and roles of runs that are meant, and nothing else.
   *
   * @returns names of the roles, which are those of their databases
   */
  removeOf(isMeant: (run: RunIdentity) => boolean | Promise<boolean>): Promise<readonly string[]>;
}

/**
 * @param adminUrl as libpq takes it, e.g. `postgresql://USER:PASSWORD@HOST[:PORT]/DATABASE[?sslmode=…]`; as this machine reaches it
 * @param given where pods reach it, where that differs
 * @throws UsageError that repeats nothing of the URL
 */
export function givenPostgres(
  adminUrl: string,
  given: GivenServices['postgres'],
  labels: Readonly<Record<string, string>> = {},
): GivenPostgres {
  const { server, host } = serverOf(adminUrl, given, labels);
  const cidr = given.cidr ?? singleAddress(host);
  if (cidr === undefined) {
    throw new UsageError([`/postgres/cidr is needed, since ${host} is a name and a NetworkPolicy takes addresses`]);
  }
  return {
    cidr,
    createDatabase: (purpose) => createDatabase(purpose, server),
    open: () => open(server),
    removeOf: (isMeant) => removeOf(server, isMeant),
  };
}

function serverOf(adminUrl: string, given: GivenServices['postgres'], labels: Readonly<Record<string, string>>) {
  const target = targetOf(adminUrl);
  const [first, ...others] = target.hosts;
  const host = given.host ?? (others.length === 0 ? first?.name : undefined);
  if (host === undefined || host.startsWith('/')) {
    const what = others.length > 0 ? `names ${target.hosts.length} hosts` : 'names a socket of this machine';
    throw new UsageError([`/postgres/host is needed, since MEHO_POSTGRES_URL ${what} and pods are given one host`]);
  }
  const { parameters } = parsePostgresUri(adminUrl);
  const theirs = { name: host, port: given.port ?? first?.port ?? defaultPort };
  // The backplane takes no parameter but this; what prefers encryption it does without.
  const ssl = ['require', 'verify-ca', 'verify-full'].includes(target.mode) ? `?ssl=${target.mode}` : '';
  const server: DatabaseServer = {
    admin: { user: target.user, database: target.database },
    target: () => target,
    urls: {
      fromPods: (login) => `${postgresUriOf([theirs], login).replace(/^postgresql:/, asyncpg)}${ssl}`,
      fromTests: (login) => postgresUriOf(target.hosts, login, parameters),
    },
    mark: JSON.stringify(labels),
  };
  return { server, host };
}

const defaultPort = 5432;

function targetOf(adminUrl: string): PostgresTarget {
  const problem = postgresProblem('MEHO_POSTGRES_URL', adminUrl);
  if (problem !== undefined) {
    throw new UsageError([problem]);
  }
  return postgresTarget(adminUrl);
}

async function open(server: DatabaseServer): Promise<void> {
  let row: { readonly may: unknown } | undefined;
  try {
    [row] = await ask<{ may: unknown }>(
      server,
      server.admin,
      'SELECT rolsuper OR (rolcreaterole AND rolcreatedb) AS may FROM pg_roles WHERE rolname = current_user',
    );
  } catch (error) {
    throw new UsageError([`MEHO_POSTGRES_URL: its server can't be used: ${messageOf(error)}`], { cause: error });
  }
  if (typeof row?.may !== 'boolean') {
    throw new UsageError(["MEHO_POSTGRES_URL: its server doesn't say whether its role may create roles and databases"]);
  }
  if (!row.may) {
    throw new UsageError(['MEHO_POSTGRES_URL: its role may not create roles and databases (CREATEROLE, CREATEDB)']);
  }
}

/** A role is ours when its comment holds the whole label set of a run. */
async function removeOf(
  server: DatabaseServer,
  isMeant: (run: RunIdentity) => boolean | Promise<boolean>,
): Promise<readonly string[]> {
  const roles = await ask<{ name: string; mark: string }>(
    server,
    server.admin,
    `SELECT rolname AS name, shobj_description(oid, 'pg_authid') AS mark FROM pg_roles
     WHERE rolname LIKE 'meho\\_%' AND shobj_description(oid, 'pg_authid') IS NOT NULL`,
  );
  const removed: string[] = [];
  for (const { name, mark } of roles) {
    const run = runOf(labelsIn(mark));
    if (run !== undefined && (await isMeant(run))) {
      await ask(server, server.admin, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
      await ask(server, server.admin, `DROP ROLE IF EXISTS ${pg.escapeIdentifier(name)}`);
      removed.push(name);
    }
  }
  return removed;
}

/** Anybody may comment on anything: what isn't a run's labels is nobody of ours. */
function labelsIn(mark: string): Readonly<Record<string, string>> | undefined {
  try {
    const parsed: unknown = JSON.parse(mark);
    return typeof parsed === 'object' && parsed !== null
      ? Object.fromEntries(Object.entries(parsed).filter(([, value]) => typeof value === 'string'))
      : undefined;
  } catch {
    return undefined;
  }
}
