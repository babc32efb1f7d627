import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { PostgresEnvironment } from '@meho/core/config/postgres';
import { messageOf } from '@meho/core/problem';
import { readNamed } from './named-file.ts';
import type { Parameters } from './parameters.ts';
import { PostgresUriError } from './uri.ts';

/**
 * Of sslcrl and sslcrldir, else `~/.postgresql/root.crl`. With any, every certificate of a chain needs a list of its
 * issuer, as in libpq. libpq passes over a file that it can't read: here that is refused.
 *
 * @throws PostgresUriError
 */
export function revocationLists(parameters: Parameters, { home }: PostgresEnvironment): readonly string[] {
  const file = parameters.get('sslcrl')?.value || undefined;
  const folder = parameters.get('sslcrldir')?.value || undefined;
  const usual = path.join(home, '.postgresql', 'root.crl');
  const named = file ?? (folder === undefined && existsSync(usual) ? usual : undefined);
  return [
    ...(named === undefined ? [] : [listIn(named, 'sslcrl')]),
    ...(folder === undefined ? [] : hashedIn(folder).map((each) => listIn(each, 'sslcrldir'))),
  ];
}

/** As `openssl rehash` names them. */
function hashedIn(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new PostgresUriError(`the folder of sslcrldir can't be read: ${codeOf(error)}`, { cause: error });
  }
  const hashed = names.filter((name) => /^[0-9a-f]{8}\.r\d+$/.test(name));
  if (hashed.length === 0) {
    throw new PostgresUriError('the folder of sslcrldir holds no list as openssl rehash names them (HASH.r0)');
  }
  return hashed.map((name) => path.join(folder, name));
}

function listIn(file: string, parameter: string): string {
  const text = readNamed(file, parameter);
  if (!/-----BEGIN X509 CRL-----[\s\S]+?-----END X509 CRL-----/.test(text)) {
    throw new PostgresUriError(`the file of ${parameter} holds no revocation list in PEM`);
  }
  return text;
}

/** The message would name the folder. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
}
