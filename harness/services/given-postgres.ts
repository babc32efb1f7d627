import pg from 'pg';
import { messageOf, UsageError } from '../problem.ts';
import { type RunIdentity, runOf } from '../runs/identity.ts';
import { ask, createDatabase, type Database, type DatabaseServer } from './database.ts';
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

const defaultPort = 5432;

/**
 * @param adminUrl `postgresql://USER:PASSWORD@HOST[:PORT]/DATABASE[?sslmode=…]`, as this machine reaches it
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
  const url = URL.canParse(adminUrl) ? new URL(adminUrl) : undefined;
  if (
    url === undefined ||
    !/^postgres(ql)?:$/.test(url.protocol) ||
    [url.hostname, url.username, url.password].includes('') ||
    url.pathname.length < 2
  ) {
    throw new UsageError([
      'MEHO_POSTGRES_URL: expected postgresql://USER:PASSWORD@HOST[:PORT]/DATABASE[?sslmode=require] (its value is not shown)',
    ]);
  }
  const tls = tlsOf(url);
  const ours = { host: url.hostname, port: url.port === '' ? defaultPort : Number(url.port) };
  const theirs = { host: given.host ?? ours.host, port: given.port ?? ours.port };
  const server: DatabaseServer = {
    admin: {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
    },
    fromPods: () => theirs,
    fromTests: () => ours,
    mark: JSON.stringify(labels),
    ...(tls === undefined ? {} : { tls }),
  };
  return { server, host: theirs.host };
}

/** libpq's `sslmode`: what isn't named is not encrypted, and `verify-ca` is not told apart from `verify-full`. */
function tlsOf({ searchParams }: URL): DatabaseServer['tls'] {
  const mode = searchParams.get('sslmode') ?? 'disable';
  if (mode === 'disable' || mode === 'allow' || mode === 'prefer') {
    return undefined;
  }
  return mode === 'require' ? 'require' : 'verify-full';
}

async function open(server: DatabaseServer): Promise<void> {
  let row: { readonly may: boolean } | undefined;
  try {
    [row] = await ask<{ may: boolean }>(
      server,
      server.admin,
      'SELECT rolsuper OR (rolcreaterole AND rolcreatedb) AS may FROM pg_roles WHERE rolname = current_user',
    );
  } catch (error) {
    throw new UsageError([`MEHO_POSTGRES_URL: its server can't be used: ${messageOf(error)}`], { cause: error });
  }
  if (row?.may !== true) {
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
