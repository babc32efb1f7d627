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
  min_protocol_version: { use: 'ignored' },
  command_timeout: { use: 'ignored' },
  statement_cache_size: { use: 'ignored' },
  prepared_statement_cache_size: { use: 'ignored' },
  max_cached_statement_lifetime: { use: 'ignored' },
  max_cacheable_statement_size: { use: 'ignored' },
  async_fallback: { use: 'ignored' },
  gssencmode: { use: notHere(noGss, 'disable', 'prefer'), variable: 'PGGSSENCMODE' },
  gssdelegation: { use: notHere(noGss, '0'), variable: 'PGGSSDELEGATION' },
  channel_binding: {
    use: notHere("SCRAM's channel binding can't be insisted on here", 'disable', 'prefer'),
    variable: 'PGCHANNELBINDING',
  },
  require_auth: { use: notHere("the way to log in can't be insisted on here"), variable: 'PGREQUIREAUTH' },
  requirepeer: { use: notHere("the owner of a socket can't be asked here"), variable: 'PGREQUIREPEER' },
  requiressl: { use: notHere('libpq has long replaced it: use sslmode', '0'), variable: 'PGREQUIRESSL' },
  replication: { use: notHere('a replication connection answers no queries', 'false', 'off', 'no', '0') },
  sslcrl: { use: notHere("revocation lists aren't read here"), variable: 'PGSSLCRL' },
  sslcrldir: { use: notHere("revocation lists aren't read here"), variable: 'PGSSLCRLDIR' },
  sslcertmode: { use: notHere('it is not told apart here', 'allow'), variable: 'PGSSLCERTMODE' },
  sslsni: { use: notHere('the name is always sent', '1'), variable: 'PGSSLSNI' },
  ssl_min_protocol_version: { use: notHere('TLS 1.2 is the least here', 'TLSv1', 'TLSv1.1', 'TLSv1.2') },
  ssl_max_protocol_version: { use: notHere('it is not limited here') },
  max_protocol_version: { use: notHere('only 3.0 is spoken here', '3.0', 'latest') },
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
    if (use === 'ignored number' && !/^(?:\s*[+-]?\d+\s*)?$/.test(value)) {
      throw new PostgresUriError(`${source} is no whole number`);
    }
    if (typeof use === 'object' && !use.refusedUnless.includes(value)) {
      throw new PostgresUriError(`${source} can't be followed: ${use.why}`);
    }
  }
  return given;
}
