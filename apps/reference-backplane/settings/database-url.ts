import type { ConnectionOptions } from 'node:tls';

/** Holds the password: never logged. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: false | ConnectionOptions;
}

const SSL_MODES: Readonly<Record<string, false | ConnectionOptions>> = {
  disable: false,
  // The driver has no fallback, so optional encryption is off.
  allow: false,
  prefer: false,
  require: { rejectUnauthorized: false },
  'verify-ca': { checkServerIdentity: () => undefined },
  'verify-full': {},
};

/**
 * `postgresql+asyncpg://user:password@host:port/database[?ssl=mode]` (seed, "Operator-supplied secrets"). Refuses other
 * schemes as the original would: a Secret that only works here is a trap.
 * @throws Error without the value, which holds a password
 */
export function parseDatabaseUrl(value: string): DatabaseAddress {
  const url = URL.parse(value);
  if (url === null || url.protocol !== 'postgresql+asyncpg:') {
    throw new Error('expected the form postgresql+asyncpg://<user>:<password>@<host>:<port>/<database>');
  }
  const database = decode(url.pathname.slice(1), 'database');
  const user = decode(url.username, 'user');
  const missing = [
    ...(url.hostname === '' ? ['host'] : []),
    ...(database === '' ? ['database'] : []),
    ...(user === '' ? ['user'] : []),
  ];
  if (missing.length > 0) {
    throw new Error(`the URL has no ${missing.join(', no ')}`);
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user,
    password: decode(url.password, 'password'),
    ssl: sslOf(url.searchParams),
  };
}

function decode(part: string, name: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error(`its ${name} is not percent-encoded correctly`);
  }
}

function sslOf(parameters: URLSearchParams): false | ConnectionOptions {
  let ssl: false | ConnectionOptions = false;
  for (const [name, mode] of parameters) {
    if (name !== 'ssl' && name !== 'sslmode') {
      throw new Error(`unknown parameter "${name}"; known are ssl and sslmode`);
    }
    const options = SSL_MODES[mode];
    if (options === undefined) {
      throw new Error(`${name}=${mode} is not one of ${Object.keys(SSL_MODES).join(', ')}`);
    }
    ssl = options;
  }
  return ssl;
}
