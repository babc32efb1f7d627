import { readdirSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { readBoundedText } from '../bounded-file.ts';
import type { RootVariables } from '../config.ts';
import { messageOf, UsageError } from '../problem.ts';
import { certificatesOf } from './pem.ts';

/** Where distributions keep the bundle of the roots they trust. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Go reads every file of a folder, OpenSSL those alone that `openssl rehash` has named. */
export type FolderReader = 'go' | 'openssl';

/**
 * The roots this system trusts. Node by itself knows only Mozilla's, and a lab's own CA is put into the system's.
 *
 * SSL_CERT_FILE stands in for the system's bundle and SSL_CERT_DIR, a list with colons, for the system's folder; as with
 * Go and OpenSSL, whoever sets one of the two keeps the other's roots. Folders that are not there hold none. curl's own
 * CURL_CA_BUNDLE is trusted where OpenSSL's variables are; versions of curl differ in which of the three wins.
 *
 * @returns undefined where the system has none, which leaves Node's
 * @throws UsageError where a file that a variable names can't be read
 */
export function systemRoots(
  { sslCertFile, sslCertDir, curlCaBundle }: RootVariables,
  reader: FolderReader,
): readonly string[] | undefined {
  const named = [
    ...(sslCertFile === undefined ? [] : namedBundle('SSL_CERT_FILE', sslCertFile)),
    ...(curlCaBundle === undefined || reader === 'go' || curlCaBundle === sslCertFile
      ? []
      : namedBundle('CURL_CA_BUNDLE', curlCaBundle)),
  ];
  const folders = sslCertDir?.split(':') ?? [];
  const roots = new Set([...named, ...folders.flatMap((folder) => rootsInFolder(folder, reader))]);
  if (named.length === 0 || sslCertDir === undefined) {
    // The bundle also stands for the folder beside it, which holds the same.
    for (const certificate of systemBundle() ?? []) {
      roots.add(certificate);
    }
  }
  return roots.size === 0 ? undefined : [...roots];
}

function systemBundle(): readonly string[] | undefined {
  for (const file of bundles) {
    try {
      return [readBoundedText(file)];
    } catch {
      // Not this distribution's place; the next one is tried.
    }
  }
  return 'getCACertificates' in tls ? tls.getCACertificates('system') : undefined;
}

/** Whoever names a file means it: going on with other roots would judge by something else than was asked for. */
function namedBundle(variable: string, file: string): readonly string[] {
  const wrong = (expected: string, cause?: unknown) =>
    new UsageError([`${variable}: expected ${expected}, got ${JSON.stringify(file)}`], { cause });
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    throw wrong(
      `a readable file (${error instanceof Error && 'code' in error ? error.code : messageOf(error)})`,
      error,
    );
  }
  const certificates = certificatesOf(text);
  if (certificates.length === 0) {
    throw wrong('a file with certificates in PEM');
  }
  return certificates;
}

function rootsInFolder(folder: string, reader: FolderReader): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    // To Go and OpenSSL a folder that can't be read is an empty one.
    return [];
  }
  return names
    .filter((name) => reader === 'go' || /^[0-9a-f]{8}\.\d+$/.test(name))
    .flatMap((name) => {
      try {
        return certificatesOf(readBoundedText(path.join(folder, name)));
      } catch {
        // A folder within, or a link to nowhere.
        return [];
      }
    });
}
