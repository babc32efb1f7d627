import path from 'node:path';
import type { TlsOptions } from '@meho/core/http/exchange';
import { certificatesOf } from '@meho/core/http/pem';
import { UsageError } from '@meho/core/problem';
import { type Entry, type Fields, isFields, textOf } from '../api/fields.ts';
import type { ExecTarget } from './exec-credential.ts';
import { fileOrData } from './kubeconfig-file.ts';

export interface ClusterEntry {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly proxyUrl?: URL;
  readonly target: ExecTarget;
}

/** @param where names the cluster in messages @throws UsageError */
export function clusterOf(entry: Entry, where: string): ClusterEntry {
  const { fields } = entry;
  const server = serverOf(textOf(fields, 'server'), where);
  const proxyUrl = proxyOf(textOf(fields, 'proxy-url'), where);
  const text = fileOrData(entry, 'certificate-authority', where);
  const skipsVerification = fields['insecure-skip-tls-verify'] === true;
  const tlsServerName = textOf(fields, 'tls-server-name');
  // As Go shows it.
  const shownName = tlsServerName.replace(/\.+$/, '');
  const isSecure = server.protocol === 'https:';
  if (isSecure && skipsVerification && text !== undefined) {
    throw new UsageError([
      `${where}: insecure-skip-tls-verify and a certificate-authority are both there; leave one of them out`,
    ]);
  }
  const ca = isSecure ? rootsOf(text, where) : undefined;
  return {
    server,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(shownName === '' ? {} : { servername: shownName }),
      ...(skipsVerification ? { rejectUnauthorized: false } : {}),
    },
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    target: {
      server: textOf(fields, 'server'),
      tlsServerName,
      skipsVerification,
      ca: text,
      proxyUrl: textOf(fields, 'proxy-url'),
      disablesCompression: fields['disable-compression'] === true,
      config: execConfigOf(fields),
    },
  };
}

/** Without a scheme, kubectl assumes plain http without credentials, which is hardly intended. */
function serverOf(text: string, where: string): URL {
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || !isCleanUrl(text)) {
    throw new UsageError([`${where}: server: expected a URL, https://HOST:PORT`]);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new UsageError([`${where}: server: a user in the URL is not supported; write it into the kubeconfig's user`]);
  }
  url.pathname = asGoJoins(url.pathname);
  return url;
}

/** Only what Go parses too: URL drops tabs, line breaks and blanks at the ends. */
function isCleanUrl(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  return URL.canParse(text) && !/[\x00-\x1f\x7f]|^ | $/.test(text);
}

/** Unescaped, cleaned, escaped again. */
function asGoJoins(pathname: string): string {
  try {
    return encodeURI(path.posix.normalize(decodeURIComponent(pathname))).replace(/[?#]/g, encodeURIComponent);
  } catch {
    // An escape that is none is left to the server.
    return pathname;
  }
}

function proxyOf(text: string, where: string): URL | undefined {
  if (text === '') {
    return undefined;
  }
  const url = isCleanUrl(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:', 'socks5:'].includes(url.protocol) || url.hostname === '') {
    throw new UsageError([`${where}: proxy-url: expected http://…, https://… or socks5://…`]);
  }
  return url;
}

/** An empty file means the system's roots, as in kubectl. */
function rootsOf(text: string | undefined, where: string): readonly string[] | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  const certificates = certificatesOf(text);
  if (certificates.length === 0) {
    throw new UsageError([
      `${where}: certificate-authority: expected certificates in PEM, and there is none in it that can be read`,
    ]);
  }
  return certificates;
}

function execConfigOf(fields: Fields): unknown {
  const extensions = (Array.isArray(fields['extensions']) ? fields['extensions'] : []).filter(isFields);
  return extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.['extension'];
}
