import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { readBoundedText, whyUnreadable } from '../bounded-file.ts';
import type { RootVariables } from '../config/network.ts';
import { UsageError } from '../problem.ts';
import { certificatesOf } from './pem.ts';

/** Where distributions keep trusted roots. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Go reads every file, OpenSSL only those named by `openssl rehash`. */
export type FolderReader = 'go' | 'openssl';

/**
 * Node only knows Mozilla's roots, and a lab's CA is among the system's.
 * As in Go and OpenSSL, SSL_CERT_FILE replaces the bundle and SSL_CERT_DIR (colon-separated) the folder, independently.
 * Missing folders are empty. CURL_CA_BUNDLE adds to these: curl versions differ in which wins.
 * @returns undefined if there are none, which leaves Node's @throws UsageError for an unreadable file
 */
export function systemRoots(
  { sslCertFile, sslCertDir, curlCaBundle }: RootVariables,
  reader: FolderReader,
): readonly string[] | undefined {
  const named = [
    ...(sslCertFile === undefined ? [] : namedBundle('SSL_CERT_FILE', sslCertFile, reader)),
    ...(curlCaBundle === undefined || reader === 'go' || curlCaBundle === sslCertFile
      ? []
      : namedBundle('CURL_CA_BUNDLE', curlCaBundle, reader)),
  ];
  const folders = sslCertDir?.split(':') ?? [];
  const roots = new Set([...named, ...folders.flatMap((folder) => rootsInFolder(folder, reader))]);
  if (named.length === 0 || sslCertDir === undefined) {
    // The bundle covers its folder, which holds the same.
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
      // Not this distribution's: try the next.
    }
  }
  return 'getCACertificates' in tls ? tls.getCACertificates('system') : undefined;
}

/** Other roots would check something else than was asked for. */
function namedBundle(variable: string, file: string, reader: FolderReader): readonly string[] {
  const wrong = (expected: string, cause?: unknown) =>
    new UsageError([`${variable}: expected ${expected}, got ${JSON.stringify(file)}`], { cause });
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    throw wrong(`a readable file (${whyUnreadable(error)})`, error);
  }
  const certificates = certificatesOf(text, reader);
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
    // As in Go and OpenSSL.
    return [];
  }
  return names
    .filter((name) => reader === 'go' || /^[0-9a-f]{8}\.\d+$/.test(name))
    .flatMap((name) => {
      try {
        const file = path.join(folder, name);
        return statSync(file).isFile() ? certificatesOf(readBoundedText(file), reader) : [];
      } catch {
        // A link to nowhere.
        return [];
      }
    });
}
