import { existsSync } from 'node:fs';
import path from 'node:path';
import { type PostgresEnvironment, readPostgresEnvironment } from '@meho/core/config/postgres';
import { acceptedLogins, type LoginMethod } from './accepted-logins.ts';
import { type Parameters, type SourcedValue, withDefaults } from './parameters.ts';
import { passwordFrom } from './passfile.ts';
import { serviceParameters } from './service-file.ts';
import { type PostgresTls, type TlsMode, tlsOf } from './tls.ts';
import { PostgresUriError, parsePostgresUri } from './uri.ts';

/** An address, or a folder of sockets. */
export interface PostgresHost {
  /** For certificate and messages; a folder starts with `/`, or with `@` where it is an abstract one of Linux. */
  readonly name: string;
  readonly address?: string;
  readonly port: number;
  readonly password: string | undefined;
}

export const sessionAttributes = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type SessionAttributes = (typeof sessionAttributes)[number];

/** Holds passwords: never print it. */
export interface PostgresTarget {
  readonly hosts: readonly PostgresHost[];
  readonly user: string;
  readonly database: string;
  readonly mode: TlsMode;
  readonly tls: PostgresTls;
  readonly sessionAttributes: SessionAttributes;
  readonly balanced: boolean;
  /** Per host; `0` means forever, so undefined. */
  readonly connectTimeoutMs: number | undefined;
  /** E.g. `-c search_path=meho`. */
  readonly options: string | undefined;
  readonly applicationName: string | undefined;
  /** By which the server may let us in; undefined for any. */
  readonly logins: ReadonlySet<LoginMethod> | undefined;
}

/**
 * Reads a URI as the backplane or psql would, with environment, service and password file.
 *
 * @throws PostgresUriError whose text shows no value
 */
export function postgresTarget(text: string, env: PostgresEnvironment = readPostgresEnvironment()): PostgresTarget {
  const uri = parsePostgresUri(text);
  const own = new Map(uri.parameters);
  const parameters = withDefaults(own, serviceParameters(own, env), env);
  const value = (name: string) => parameters.get(name)?.value || undefined;
  const user = value('user') ?? env.osUser;
  // As in libpq and asyncpg.
  const database = value('dbname') ?? user;
  if (user === '') {
    throw new PostgresUriError('it names no user, and the user who runs this has no name here');
  }
  const { mode, tls } = tlsOf(parameters, env);
  const password = value('password');
  const hosts = hostsOf(parameters).map((host) => ({
    ...host,
    password: password ?? passwordFrom(value('passfile'), { ...host, database, user }, env),
  }));
  if (value('requirepeer') !== undefined && hosts.some(isSocket)) {
    throw new PostgresUriError(
      "requirepeer can't be followed: who owns the other side of a socket can't be asked here",
    );
  }
  return {
    hosts,
    user,
    database,
    mode,
    tls,
    sessionAttributes: oneOf(parameters.get('target_session_attrs'), sessionAttributes) ?? 'any',
    balanced: oneOf(parameters.get('load_balance_hosts'), ['disable', 'random'] as const) === 'random',
    connectTimeoutMs: seconds(parameters.get('connect_timeout') ?? parameters.get('timeout')),
    options: value('options'),
    applicationName: value('application_name'),
    logins: acceptedLogins(parameters),
  };
}

export const isSocketFolder = (name: string): boolean => name.startsWith('/') || name.startsWith('@');

export function isSocket({ name, address }: Pick<PostgresHost, 'name' | 'address'>): boolean {
  return address === undefined && isSocketFolder(name);
}

/**
 * Says what is wrong, showing no value.
 *
 * @param variable that holds the URI
 */
export function postgresProblem(variable: string, text: string, env?: PostgresEnvironment): string | undefined {
  try {
    postgresTarget(text, env);
    return undefined;
  } catch (error) {
    if (error instanceof PostgresUriError) {
      return `${variable}: ${error.message} (its value is not shown)`;
    }
    throw error;
  }
}

/** From any source: none may be shown. */
export function passwordsOf(text: string, env?: PostgresEnvironment): readonly string[] {
  try {
    const { hosts, tls } = postgresTarget(text, env);
    return [...hosts.map(({ password }) => password), tls.passphrase].filter((each) => each !== undefined);
  } catch {
    // Refused, so nobody connects with it.
    return [];
  }
}

/** Where libpq and asyncpg look without a host: distributions differ. */
const socketFolders = ['/run/postgresql', '/var/run/postgresql', '/private/tmp', '/tmp'];
const defaultPort = 5432;

function hostsOf(parameters: Parameters): readonly Omit<PostgresHost, 'password'>[] {
  const names = listOf(parameters, 'host');
  const addresses = listOf(parameters, 'hostaddr');
  const count = Math.max(names.length, addresses.length, 1);
  if (names.length > 0 && addresses.length > 0 && names.length !== addresses.length) {
    throw new PostgresUriError(`it names ${names.length} hosts and ${addresses.length} addresses for them (hostaddr)`);
  }
  const ports = listOf(parameters, 'port');
  if (ports.length > 1 && ports.length !== count) {
    throw new PostgresUriError(`it names ${ports.length} ports for ${count} hosts: one for all, or one for each`);
  }
  return Array.from({ length: count }, (_, index) => {
    const port = portOf((ports.length === 1 ? ports[0] : ports[index]) ?? '');
    const name = names[index] ?? '';
    const address = addresses[index] ?? '';
    if (address !== '') {
      return { name: name === '' ? address : name, address, port };
    }
    return { name: name === '' ? defaultHost(port) : name, port };
  });
}

function defaultHost(port: number): string {
  return socketFolders.find((folder) => existsSync(path.join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';
}

function listOf(parameters: Parameters, name: string): readonly string[] {
  const text = parameters.get(name)?.value ?? '';
  return text === '' ? [] : text.split(',');
}

function portOf(text: string): number {
  const port = text === '' ? defaultPort : Number(/^\s*\+?0*\d{1,5}\s*$/.test(text) ? text : Number.NaN);
  if (!(port >= 1 && port <= 65_535)) {
    throw new PostgresUriError('its port is no number from 1 to 65535');
  }
  return port;
}

function oneOf<const T extends string>(given: SourcedValue | undefined, values: readonly T[]): T | undefined {
  if (given === undefined) {
    return undefined;
  }
  const found = values.find((value) => value === given.value);
  if (found === undefined) {
    throw new PostgresUriError(`${given.source} is none of ${values.join(', ')}`);
  }
  return found;
}

function seconds(given: SourcedValue | undefined): number | undefined {
  if (given === undefined) {
    return undefined;
  }
  if (!/^\s*[+-]?\d{1,9}(\.\d+)?\s*$/.test(given.value)) {
    throw new PostgresUriError(`${given.source} is no number of seconds`);
  }
  const value = Number(given.value);
  return value <= 0 ? undefined : value * 1000;
}
