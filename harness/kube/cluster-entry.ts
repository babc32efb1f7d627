import type { TlsOptions } from '../http/exchange.ts';
import { certificatesOf } from '../http/pem.ts';
import { UsageError } from '../problem.ts';
import type { ExecTarget } from './exec-credential.ts';
import { type Entry, type Fields, isFields, textOf } from './fields.ts';
import { fileOrData } from './kubeconfig-file.ts';

/** What a kubeconfig says of one cluster. */
export interface ClusterEntry {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly proxyUrl?: URL;
  /** The same as an exec plugin is told it. */
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
      ...(tlsServerName === '' ? {} : { servername: tlsServerName }),
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

/** kubectl also takes a host without a scheme, and asks it over plain http without credentials: hardly what is meant. */
function serverOf(text: string, where: string): URL {
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || !URL.canParse(text)) {
    throw new UsageError([`${where}: server: expected a URL, https://HOST:PORT`]);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new UsageError([`${where}: server: a user in the URL is not supported; write it into the kubeconfig's user`]);
  }
  return url;
}

function proxyOf(text: string, where: string): URL | undefined {
  if (text === '') {
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:', 'socks5:'].includes(url.protocol) || url.hostname === '') {
    throw new UsageError([`${where}: proxy-url: expected http://…, https://… or socks5://…`]);
  }
  return url;
}

/** An empty file says nothing: the system's roots count then, as for kubectl. */
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
