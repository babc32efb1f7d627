import type { PostgresHost } from './target.ts';

export interface PostgresLogin {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Also valid for another login. */
const aboutTheWay = [
  'connect_timeout',
  'hostaddr',
  'load_balance_hosts',
  'ssl',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslpassword',
  'sslrootcert',
  'target_session_attrs',
];

export function postgresUriOf(
  hosts: readonly Pick<PostgresHost, 'name' | 'port'>[],
  { user, password, database }: PostgresLogin,
  parameters: ReadonlyMap<string, string> = new Map(),
): string {
  const [login, secret, path] = [user, password, database].map(encodeURIComponent);
  const places = hosts.map(
    ({ name, port }) => `${name.includes(':') ? `[${name}]` : encodeURIComponent(name)}:${port}`,
  );
  const query = aboutTheWay
    .flatMap((name) => {
      const value = parameters.get(name);
      return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
    })
    .join('&');
  return `postgresql://${login}:${secret}@${places.join(',')}/${path}${query === '' ? '' : `?${query}`}`;
}
