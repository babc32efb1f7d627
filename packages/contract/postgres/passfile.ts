import { statSync } from 'node:fs';
import path from 'node:path';
import { readBoundedText } from '@meho/core/bounded-file';
import type { PostgresEnvironment } from '@meho/core/config/postgres';

export interface PasswordLookup {
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const defaultFolders = ['/run/postgresql', '/var/run/postgresql', '/tmp'];

/**
 * Takes the first matching line; like libpq and asyncpg, ignores a file that others may read.
 *
 * @param file undefined for `~/.pgpass`
 */
export function passwordFrom(
  file: string | undefined,
  login: PasswordLookup,
  env: PostgresEnvironment,
): string | undefined {
  const place = file ?? path.join(env.home, '.pgpass');
  const text = readPrivate(place);
  // Sockets in default folders are listed as localhost.
  const host = defaultFolders.includes(login.name) ? 'localhost' : login.name;
  const wanted = [host, String(login.port), login.database, login.user];
  for (const line of text?.split('\n') ?? []) {
    const fields = line.startsWith('#') ? [] : fieldsOf(line.replace(/\r$/, ''));
    if (fields.length >= 5 && wanted.every((value, index) => fields[index] === '*' || fields[index] === value)) {
      return fields[4];
    }
  }
  return undefined;
}

/** A backslash escapes `:` or `\`. */
function fieldsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/((?:\\.|[^:\\])*)(?:$|:)/g), ([, field = '']) => field.replaceAll(/\\(.)/g, '$1'));
}

function readPrivate(file: string): string | undefined {
  try {
    const stat = statSync(file);
    // libpq takes a plain file alone: no pipe, no device.
    const isPrivate = process.platform === 'win32' || (stat.mode & 0o077) === 0;
    return stat.isFile() && isPrivate ? readBoundedText(file) : undefined;
  } catch {
    // Like libpq: the server says whether it needs one.
    return undefined;
  }
}
