import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { gitSha } from '@meho/contract/backplane/git-sha';
import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { Invalid } from '@meho/core/command-line/flags';

/** Each returns the value or what it expected. */

/** In PEM. */
export interface CaFile {
  readonly path: string;
  readonly certificates: readonly string[];
}

/** `HOST[:PORT]` */
export function httpsHost(text: string): URL | Invalid {
  const invalid = new Invalid('a host name or address with an optional :PORT and nothing else, e.g. meho.example.com');
  const match = /^(\[[0-9a-fA-F:.]+\]|[^/?#@:[\]\s\\%]+)(?::(\d{1,5}))?$/.exec(text);
  if (match?.[1] === undefined || !isHost(match[1]) || !URL.canParse(`https://${text}`)) {
    return invalid;
  }
  return new URL(`https://${text}`);
}

/** Refuses user, query and fragment. */
export function httpUrl(text: string): URL | Invalid {
  const invalid = new Invalid('a URL like https://meho.example.com, without user, query or fragment');
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text) || /[?#\s\\]/.test(text)) {
    return invalid;
  }
  const url = new URL(text);
  return url.username === '' && url.password === '' && isHost(url.hostname) ? url : invalid;
}

export function address(text: string): { readonly host: string; readonly port: number } | Invalid {
  const url = httpsHost(text);
  const port = /:(\d+)$/.exec(text)?.[1];
  if (url instanceof Invalid || port === undefined) {
    return new Invalid('HOST:PORT, e.g. 127.0.0.1:30443');
  }
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) {
    return isIP(host.slice(1, -1)) === 6;
  }
  if (/^[\d.]+$/.test(host)) {
    return isIP(host) === 4;
  }
  return host.length <= 253 && host.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
}

export function commit(text: string): string | Invalid {
  return gitSha(text) === undefined
    ? new Invalid('a git sha: at least 7 hexadecimal digits, with or without sha- in front')
    : text;
}

/** An RFC 1123 label. */
export function namespaceName(text: string): string | Invalid {
  return text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text)
    ? text
    : new Invalid('a namespace: at most 63 lower case letters, digits and dashes');
}

/** An RFC 1123 name of at most 53 characters (Helm). */
export function releaseName(text: string): string | Invalid {
  return text.length <= 53 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)
    ? text
    : new Invalid('a Helm release: at most 53 lower case letters, digits, dashes and dots');
}

export function caFile(file: string): CaFile | Invalid {
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    return new Invalid(`a readable file (${whyUnreadable(error)})`);
  }
  // OpenSSL's other markers too, as in curl.
  const block = /-----BEGIN (|TRUSTED |X509 )CERTIFICATE-----[\s\S]+?-----END \1CERTIFICATE-----/g;
  const certificates = text.match(block) ?? [];
  if (certificates.length === 0) {
    return new Invalid('a file with certificates in PEM');
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      return new Invalid(`a file with certificates in PEM; number ${index + 1} can't be read`);
    }
  }
  return { path: file, certificates };
}

/** Comma-separated and plain, since they go into a query. */
export function sqlIdentifiers(text: string): readonly string[] | Invalid {
  const names = text.split(',').map((name) => name.trim());
  return names.every((name) => /^[a-z_][a-z0-9_]{0,62}$/.test(name))
    ? names
    : new Invalid('column names separated by commas: lower case letters, digits and underscores');
}
