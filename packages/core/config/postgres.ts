import { homedir, userInfo } from 'node:os';
import type { Environment } from '../config.ts';

/** The set `PG…` variables: libpq's and asyncpg's defaults for a URI. Secret. */
export interface PostgresEnvironment {
  readonly [variable: `PG${string}`]: string | undefined;
  /** Where `.pgpass`, `.pg_service.conf` and `.postgresql/` are. */
  readonly home: string;
  /** The default database user. */
  readonly osUser: string;
}

export function readPostgresEnvironment(env: Environment = process.env): PostgresEnvironment {
  const variables = Object.entries(env).filter(([name, value]) => isPostgresVariable(name) && (value ?? '') !== '');
  return { ...Object.fromEntries(variables), home: env['HOME'] || homedir(), osUser: userName() ?? env['USER'] ?? '' };
}

export function isPostgresVariable(name: string): boolean {
  return /^PG[A-Z]+/.test(name);
}

/** In some containers the user has no passwd entry. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
