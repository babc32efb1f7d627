import type { PostgresEnvironment } from '@meho/core/config/postgres';
import { PostgresUriError, safeName } from './uri.ts';

type Use = 'used' | 'ignored' | 'ignored number' | { readonly refusedUnless: readonly string[]; readonly why: string };

interface Parameter {
  readonly use: Use;
  /** Applies if the URI is silent. */
  readonly variable?: `PG${string}`;
}

const notHere = (why: string, ...harmless: string[]): Use => ({ refusedUnless: ['', ...harmless], why });
const noGss = "Kerberos, GSSAPI and SSPI aren't spoken here";

/** Of libpq 18 and asyncpg 0.31 under SQLAlchemy: anything else is a typo. */
const known: Readonly<Record<string, Parameter>> = {
  host: { use: 'used', variable: 'PGHOST' },
  hostaddr: { use: 'used', variable: 'PGHOSTADDR' },
  port: { use: 'used', variable: 'PGPORT' },
  dbname: { use: 'used', variable: 'PGDATABASE' },
  user: { use: 'used', variable: 'PGUSER' },
  password: { use: 'used', variable: 'PGPASSWORD' },
  passfile: { use: 'used', variable: 'PGPASSFILE' },
  service: { use: 'used', variable: 'PGSERVICE' },
  servicefile: { use: 'used', variable: 'PGSERVICEFILE' },
  options: { use: 'used', variable: 'PGOPTIONS' },
  application_name: { use: 'used' },
  connect_timeout: { use: 'used', variable: 'PGCONNECT_TIMEOUT' },
  target_session_attrs: { use: 'used', variable: 'PGTARGETSESSIONATTRS' },
  load_balance_hosts: { use: 'used', variable: 'PGLOADBALANCEHOSTS' },
  sslmode: { use: 'used', variable: 'PGSSLMODE' },
  ssl: { use: 'used' },
  sslnegotiation: { use: 'used', variable: 'PGSSLNEGOTIATION' },
  direct_tls: { use: 'used' },
  sslrootcert: { use: 'used', variable: 'PGSSLROOTCERT' },
  sslcert: { use: 'used', variable: 'PGSSLCERT' },
  sslkey: { use: 'used', variable: 'PGSSLKEY' },
  sslpassword: { use: 'used' },
  sslcrl: { use: 'used', variable: 'PGSSLCRL' },
  sslcrldir: { use: 'used', variable: 'PGSSLCRLDIR' },
  sslsni: { use: 'used', variable: 'PGSSLSNI' },
  ssl_min_protocol_version: { use: 'used', variable: 'PGSSLMINPROTOCOLVERSION' },
  ssl_max_protocol_version: { use: 'used', variable: 'PGSSLMAXPROTOCOLVERSION' },
  requiressl: { use: 'used', variable: 'PGREQUIRESSL' },
  requirepeer: { use: 'used', variable: 'PGREQUIREPEER' },
  require_auth: { use: 'used', variable: 'PGREQUIREAUTH' },
  timeout: { use: 'used' },
  // No effect on the server, the login or what is read.
  fallback_application_name: { use: 'ignored' },
  client_encoding: { use: 'ignored' },
  keepalives: { use: 'ignored number' },
  keepalives_idle: { use: 'ignored number' },
  keepalives_interval: { use: 'ignored number' },
  keepalives_count: { use: 'ignored number' },
  tcp_user_timeout: { use: 'ignored number' },
  sslcompression: { use: 'ignored' },
  krbsrvname: { use: 'ignored' },
  gsslib: { use: 'ignored' },
  gssdelegation: { use: 'ignored' },
  command_timeout: { use: 'ignored' },
  statement_cache_size: { use: 'ignored' },
  prepared_statement_cache_size: { use: 'ignored' },
  max_cached_statement_lifetime: { use: 'ignored' },
  max_cacheable_statement_size: { use: 'ignored' },
  async_fallback: { use: 'ignored' },
  gssencmode: { use: notHere(noGss, 'disable', 'prefer'), variable: 'PGGSSENCMODE' },
  channel_binding: {
    use: notHere("SCRAM's channel binding can't be insisted on here", 'disable', 'prefer'),
    variable: 'PGCHANNELBINDING',
  },
  replication: { use: notHere('a replication connection answers no queries', 'false', 'off', 'no', '0') },
  sslcertmode: {
    use: notHere("whether the server has asked for the certificate can't be told here", 'allow', 'disable'),
    variable: 'PGSSLCERTMODE',
  },
  min_protocol_version: { use: notHere('only 3.0 is spoken here', '3.0'), variable: 'PGMINPROTOCOLVERSION' },
  // Of newer ones too a server goes down to 3.0.
  max_protocol_version: {
    use: notHere('it is no version of the protocol', '3.0', '3.2', 'latest'),
    variable: 'PGMAXPROTOCOLVERSION',
  },
  sslkeylogfile: { use: notHere("keys of a connection aren't written here") },
  scram_client_key: { use: notHere('a password is needed here') },
  scram_server_key: { use: notHere('a password is needed here') },
};

export interface SourcedValue {
  readonly value: string;
  readonly source: string;
}

export type Parameters = ReadonlyMap<string, SourcedValue>;

/**
 * Precedence: URI, service, environment.
 *
 * @throws PostgresUriError for unknown or unsupported parameters
 */
export function withDefaults(
  uri: ReadonlyMap<string, string>,
  service: ReadonlyMap<string, string>,
  env: PostgresEnvironment,
): Parameters {
  const given = new Map<string, SourcedValue>();
  for (const [name, value] of uri) {
    given.set(name, { value, source: `its parameter ${safeName(name)}` });
  }
  for (const [name, value] of service) {
    if (!given.has(name)) {
      given.set(name, { value, source: `${safeName(name)} of its service` });
    }
  }
  for (const [name, { variable }] of Object.entries(known)) {
    const value = variable === undefined ? undefined : env[variable];
    if (value !== undefined && !given.has(name)) {
      given.set(name, { value, source: `${variable}` });
    }
  }
  for (const [name, { value, source }] of given) {
    const use = Object.hasOwn(known, name) ? known[name]?.use : undefined;
    if (use === undefined) {
      throw new PostgresUriError(`${source} is none that libpq or asyncpg knows`);
    }
    if (use === 'ignored number' && !(/^(?:\s*[+-]?\d+\s*)?$/.test(value) && Math.abs(Number(value)) < 2 ** 31)) {
      throw new PostgresUriError(`${source} is no whole number of 32 bits`);
    }
    if (typeof use === 'object' && !use.refusedUnless.includes(value)) {
      throw new PostgresUriError(`${source} can't be followed: ${use.why}`);
    }
  }
  return given;
}
