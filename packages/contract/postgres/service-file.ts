import path from 'node:path';
import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import type { PostgresEnvironment } from '@meho/core/config/postgres';
import { PostgresUriError } from './uri.ts';

/**
 * `?service=NAME` or PGSERVICE, from the user's or the system's file, as in libpq.
 *
 * @throws PostgresUriError if no file has it
 */
export function serviceParameters(
  uri: ReadonlyMap<string, string>,
  env: PostgresEnvironment,
): ReadonlyMap<string, string> {
  const name = uri.get('service') ?? env['PGSERVICE'];
  if (name === undefined) {
    return new Map();
  }
  const ownFile = uri.get('servicefile') ?? env['PGSERVICEFILE'];
  const files = [
    ownFile ?? path.join(env.home, '.pg_service.conf'),
    path.join(env['PGSYSCONFDIR'] ?? '/etc/postgresql-common', 'pg_service.conf'),
  ];
  for (const [index, file] of files.entries()) {
    const text = read(file, index === 0 && ownFile !== undefined);
    const found = text === undefined ? undefined : sectionOf(text, name);
    if (found !== undefined) {
      return found;
    }
  }
  throw new PostgresUriError('its service is in no service file');
}

function read(file: string, named: boolean): string | undefined {
  try {
    return readBoundedText(file);
  } catch (error) {
    if (named) {
      throw new PostgresUriError(`its service file can't be read: ${whyUnreadable(error)}`, { cause: error });
    }
    return undefined;
  }
}

function sectionOf(text: string, name: string): ReadonlyMap<string, string> | undefined {
  let section: Map<string, string> | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) {
      continue;
    }
    if (line.startsWith('[')) {
      if (section !== undefined) {
        return section;
      }
      section = line === `[${name}]` ? new Map() : undefined;
    } else if (section !== undefined) {
      const at = line.indexOf('=');
      const key = line.slice(0, Math.max(at, 0));
      // A blank before `=` is a part of the name to libpq, which knows no such one.
      if (key === '' || key !== key.trim() || key === 'service') {
        throw new PostgresUriError(`line ${index + 1} of its service file is not written NAME=VALUE`);
      }
      section.set(key, section.get(key) ?? line.slice(at + 1).trim());
    }
  }
  return section;
}
