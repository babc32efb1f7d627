/** Names a member, never a value, which may be secret. */
export class PostgresUriError extends Error {
  override readonly name = 'PostgresUriError';
}

/** By libpq's names. */
export interface PostgresUri {
  /** SQLAlchemy's driver, e.g. `asyncpg`; undefined for a libpq URI. */
  readonly driver: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Parses as libpq does, or as SQLAlchemy if it names a driver: then `+` may be a blank, a password may contain `/`, and
 * `host` may repeat. `URL` supports neither several hosts nor socket folders.
 *
 * @throws PostgresUriError
 */
export function parsePostgresUri(text: string): PostgresUri {
  const scheme = /^postgres(?:ql)?(?:\+([a-z0-9_]+))?:\/\//.exec(text);
  if (scheme === null) {
    throw new PostgresUriError(
      'expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with or without +asyncpg behind postgresql',
    );
  }
  const driver = scheme[1];
  const parameters = new Map<string, string>();
  const rest = text.slice(scheme[0].length);
  const login = (driver === undefined ? /^([^@/:]*)(?::([^@/]*))?@/ : /^([^:/@]*)(?::([^@]*))?@/).exec(rest);
  if (login !== null) {
    setUnlessEmpty(parameters, 'user', decode(login[1] ?? '', 'user'));
    setUnlessEmpty(parameters, 'password', decode(login[2] ?? '', 'password'));
  }
  const address = rest.slice(login?.[0].length ?? 0);
  const end = address.search(/[/?]/);
  readHosts(end < 0 ? address : address.slice(0, end), parameters);
  const [, path = '', query] = /^\/?([^?]*)(?:\?(.*))?$/s.exec(end < 0 ? '' : address.slice(end)) ?? [];
  setUnlessEmpty(parameters, 'dbname', decode(path, 'database'));
  if (query !== undefined && query !== '') {
    readQuery(query, driver !== undefined, parameters);
  }
  return { driver, parameters };
}

/** `HOST[:PORT],…`, IPv6 in brackets; comma-separated, as in libpq. */
function readHosts(list: string, parameters: Map<string, string>): void {
  if (list === '') {
    return;
  }
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const each of list.split(',')) {
    const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(.*))?$/s.exec(each) ?? [];
    if (bracketed === undefined && plain === '' && each !== '' && !each.startsWith(':')) {
      throw new PostgresUriError('its host is neither a name, an address, nor an IPv6 address in brackets');
    }
    hosts.push(decode(bracketed ?? plain, 'host'));
    ports.push(decode(port, 'port'));
  }
  setUnlessEmpty(parameters, 'host', hosts.join(','));
  if (ports.some((port) => port !== '')) {
    parameters.set('port', ports.join(','));
  }
}

function readQuery(query: string, plusIsBlank: boolean, parameters: Map<string, string>): void {
  const repeated: string[] = [];
  // libpq takes one `&` at the end.
  for (const pair of query.replace(/&$/, '').split('&')) {
    const [name = '', value, ...more] = pair.split('=');
    if (value === undefined || more.length > 0) {
      throw new PostgresUriError(`its parameter ${safeName(name)} is not written NAME=VALUE, with = in a value as %3D`);
    }
    const key = decode(name, 'parameter');
    // SQLAlchemy drops empty values; an empty sslmode is a mistake.
    if (plusIsBlank && value === '' && key !== 'sslmode') {
      continue;
    }
    const meant = decode(plusIsBlank ? value.replaceAll('+', ' ') : value, safeName(key));
    if (plusIsBlank && key === 'host') {
      repeated.push(meant);
    } else if (key === 'requiressl') {
      // In libpq an older word for sslmode, so that the last of both counts.
      parameters.set('sslmode', meant.startsWith('1') ? 'require' : 'prefer');
    } else {
      parameters.set(key === 'database' ? 'dbname' : key, meant);
    }
  }
  if (repeated.length > 0) {
    setRepeatedHosts(repeated, parameters);
  }
}

/** SQLAlchemy's `?host=A:1&host=B:2`. */
function setRepeatedHosts(hosts: readonly string[], parameters: Map<string, string>): void {
  const split = hosts.map((host) => /^([A-Za-z0-9.-]*):(\d*)$/.exec(host));
  if (split.some((each) => each !== null)) {
    if (parameters.has('port')) {
      throw new PostgresUriError(
        'it names ports beside hosts that have theirs: host=A,B&port=1,2 or host=A:1&host=B:2',
      );
    }
    parameters.set('host', hosts.map((host, index) => split[index]?.[1] ?? host).join(','));
    parameters.set('port', split.map((each) => each?.[2] ?? '').join(','));
  } else {
    parameters.set('host', hosts.join(','));
  }
}

function setUnlessEmpty(parameters: Map<string, string>, name: string, value: string): void {
  if (value !== '') {
    parameters.set(name, value);
  }
}

function decode(text: string, what: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes('\0')) {
      return decoded;
    }
  } catch (error) {
    throw new PostgresUriError(`its ${what} is not percent-encoded correctly`, { cause: error });
  }
  throw new PostgresUriError(`its ${what} holds a zero byte`);
}

/** An odd name may be part of a password with `?` or `&`. */
export function safeName(name: string): string {
  return /^[a-z][a-z_]{1,30}$/.test(name) ? name : '(name not shown)';
}
