import { statSync } from 'node:fs';
import path from 'node:path';
import { readBoundedText } from '../../bounded-file.ts';
import type { PostgresEnvironment } from '../../config.ts';

export interface Login {
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const defaultFolders = ['/run/postgresql', '/var/run/postgresql', '/tmp'];

/**
 * The password that a password file has for a login: the first line that fits, as libpq and asyncpg read it. A file that
 * others may read counts for nothing there, and nothing here.
 *
 * @param file undefined for `~/.pgpass`
 */
export function passwordFrom(file: string | undefined, login: Login, env: PostgresEnvironment): string | undefined {
  const place = file ?? path.join(env.home, '.pgpass');
  const text = readPrivate(place);
  // A socket in one of the usual folders is called localhost in the file.
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

/** A backslash takes the meaning from the `:` or `\` behind it. */
function fieldsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/((?:\\.|[^:\\])*)(?:$|:)/g), ([, field = '']) => field.replaceAll(/\\(.)/g, '$1'));
}

function readPrivate(file: string): string | undefined {
  try {
    const { mode } = statSync(file);
    return process.platform !== 'win32' && (mode & 0o077) !== 0 ? undefined : readBoundedText(file);
  } catch {
    // libpq goes on without it, and the server says whether it needs a password.
    return undefined;
  }
}
