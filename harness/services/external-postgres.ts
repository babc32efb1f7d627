import { isSocketFolder, type PostgresTarget, postgresProblem, postgresTarget } from '@meho/contract/postgres/target';
import { parsePostgresUri } from '@meho/contract/postgres/uri';
import { postgresUriOf } from '@meho/contract/postgres/uri-of';
import { messageOf, UsageError } from '@meho/core/problem';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { type RunIdentity, runOf } from '@meho/core/runs/identity';
import pg from 'pg';
import { ask, asyncpg, createDatabase, type Database, type DatabaseServer } from './database.ts';
import { type ExternalServices, singleAddress } from './external-services.ts';

/** External, with administrator access. Holds a password: never printed. */
export interface ExternalPostgres {
  /** For `networkPolicy.postgresCIDR`. */
  readonly cidr: string;
  /** Has its own role, marked with the run's labels. */
  createDatabase(purpose: string): Promise<Database>;
  /** @throws UsageError in one line if the URL fails or lacks rights */
  open(): Promise<void>;
  /**
   * Removes databases and roles of matching runs only.
   * @returns the roles' names, same as their databases'
   */
  removeOf(isMeant: (run: RunIdentity) => boolean | Promise<boolean>): Promise<readonly string[]>;
}

/**
 * @param adminUrl from this machine, in libpq's format: `postgresql://USER:PASSWORD@HOST[:PORT]/DATABASE[?sslmode=…]`
 * @param given where pods reach it, if different
 * @throws UsageError that repeats nothing of the URL
 */
export function externalPostgres(
  adminUrl: string,
  given: ExternalServices['postgres'],
  labels: Readonly<Record<string, string>> = {},
): ExternalPostgres {
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

function serverOf(adminUrl: string, given: ExternalServices['postgres'], labels: Readonly<Record<string, string>>) {
  const target = targetOf(adminUrl);
  const [first, ...others] = target.hosts;
  const host = given.host ?? (others.length === 0 ? first?.name : undefined);
  if (host === undefined || isSocketFolder(host)) {
    const what = others.length > 0 ? `names ${target.hosts.length} hosts` : 'names a socket of this machine';
    throw new UsageError([`/postgres/host is needed, since MEHO_POSTGRES_URL ${what} and pods are given one host`]);
  }
  const { parameters } = parsePostgresUri(adminUrl);
  const theirs = { name: host, port: given.port ?? first?.port ?? defaultPort };
  // The backplane's only parameter; optional encryption is off.
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
    const { hosts, tls } = server.target();
    const secrets = [...hosts.map(({ password }) => password), tls.passphrase].filter((each) => each !== undefined);
    // A server may say what it was sent.
    const told = new KnownSecrets(secrets).hide(messageOf(error), '[secret]');
    throw new UsageError([`MEHO_POSTGRES_URL: its server can't be used: ${told}`], { cause: error });
  }
  if (typeof row?.may !== 'boolean') {
    throw new UsageError(["MEHO_POSTGRES_URL: its server doesn't say whether its role may create roles and databases"]);
  }
  if (!row.may) {
    throw new UsageError(['MEHO_POSTGRES_URL: its role may not create roles and databases (CREATEROLE, CREATEDB)']);
  }
}

/** Only roles whose comment holds a run's whole label set. */
export async function removeOf(
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

/** Anyone may comment on a role, so other comments don't count. */
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
