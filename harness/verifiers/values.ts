import { X509Certificate } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { readBoundedText } from '../bounded-file.ts';
import { gitSha } from '../contract/git-sha.ts';
import { Invalid } from './flags.ts';

/** The shapes of flag values. Each gives the value or says what it expected. */

/** A file's certificates, in PEM. */
export interface CaFile {
  readonly path: string;
  readonly certificates: readonly string[];
}

/** `HOST[:PORT]` as the origin it stands for: `https://HOST:PORT`. */
export function httpsHost(text: string): URL | Invalid {
  const invalid = new Invalid('a host name or address with an optional :PORT and nothing else, e.g. meho.example.com');
  const match = /^(\[[0-9a-fA-F:.]+\]|[^/?#@:[\]\s\\%]+)(?::(\d{1,5}))?$/.exec(text);
  if (match?.[1] === undefined || !isHost(match[1]) || !URL.canParse(`https://${text}`)) {
    return invalid;
  }
  return new URL(`https://${text}`);
}

/** An `http` or `https` URL without user, query or fragment. */
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

/** A namespace: an RFC 1123 label. */
export function namespaceName(text: string): string | Invalid {
  return text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text)
    ? text
    : new Invalid('a namespace: at most 63 lower case letters, digits and dashes');
}

/** A Helm release: an RFC 1123 name of at most 53 characters. */
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
    return new Invalid(`a readable file (${fileProblem(error)})`);
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
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

/** A file that can be written: its folder is there, and what is there under its name is no folder. */
export function outputFile(file: string): string | Invalid {
  if (file === '') {
    return new Invalid('a file name');
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    return new Invalid('a file, not a folder');
  }
  try {
    accessSync(path.dirname(path.resolve(file)), constants.W_OK);
    return file;
  } catch (error) {
    return new Invalid(`a file in a folder that can be written to (${fileProblem(error)})`);
  }
}

export function wholeSeconds(least: number, most: number): (text: string) => number | Invalid {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : new Invalid(`whole seconds from ${least} to ${most}`);
  };
}

export function wholeNumber(least: number, most: number): (text: string) => number | Invalid {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : new Invalid(`a whole number from ${least} to ${most}`);
  };
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time in milliseconds, e.g. `2h`. */
export function duration(text: string): number | Invalid {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = match?.[2] as keyof typeof unitMs | undefined;
  return unit === undefined
    ? new Invalid('a number with s, m, h or d behind it, e.g. 2h')
    : Number(match?.[1]) * unitMs[unit];
}

export function oneOf<const T extends string>(...choices: readonly T[]): (text: string) => T | Invalid {
  return (text) => choices.find((choice) => choice === text) ?? new Invalid(choices.join(' or '));
}

/** Names that go into a query: plain SQL identifiers, separated by commas. */
export function sqlIdentifiers(text: string): readonly string[] | Invalid {
  const names = text.split(',').map((name) => name.trim());
  return names.every((name) => /^[a-z_][a-z0-9_]{0,62}$/.test(name))
    ? names
    : new Invalid('column names separated by commas: lower case letters, digits and underscores');
}

export function anyText(what: string): (text: string) => string | Invalid {
  return (text) => (text === '' ? new Invalid(what) : text);
}

function fileProblem(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it can not be opened';
}
