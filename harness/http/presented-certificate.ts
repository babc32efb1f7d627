import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { bare, portOf } from './endpoint.ts';
import type { HttpRequest } from './exchange.ts';

/**
 * What certificate a server shows, for the line that says why it was not trusted. Opens a connection of its own that
 * verifies nothing and sends nothing.
 *
 * @returns e.g. `for meho.example.com, issued by Lab CA, valid 2026-01-01 to 2026-04-01`; undefined if none was shown
 */
export async function presentedCertificate(request: HttpRequest): Promise<string | undefined> {
  const name = request.tls?.servername ?? bare(request.url.hostname);
  const over = await connectionOf(request);
  if (over === undefined) {
    return undefined;
  }
  return new Promise((resolve) => {
    const socket = tls.connect({
      ...over,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      rejectUnauthorized: false,
      timeout: DEADLINE_MS,
    });
    const finish = (text: string | undefined) => {
      socket.destroy();
      resolve(text);
    };
    socket.once('secureConnect', () => finish(describe(socket.getPeerCertificate())));
    socket.once('timeout', () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
  });
}

const DEADLINE_MS = 2_000;

/** Where to connect to, or the connection through the proxy; undefined where the proxy gives none any more. */
async function connectionOf({
  url,
  connectTo,
  proxy,
}: HttpRequest): Promise<{ readonly host: string; readonly port: number } | { readonly socket: Duplex } | undefined> {
  const target = { host: connectTo?.host ?? bare(url.hostname), port: connectTo?.port ?? portOf(url) };
  if (proxy === undefined) {
    return target;
  }
  const { openTunnel } = await import('./tunnel.ts');
  try {
    return { socket: await openTunnel({ proxy, target, signal: AbortSignal.timeout(DEADLINE_MS) }) };
  } catch {
    // It is only a detail for a line that says what went wrong before.
    return undefined;
  }
}

function describe(certificate: tls.PeerCertificate): string | undefined {
  if (certificate.valid_to === undefined) {
    return undefined;
  }
  const names = certificate.subjectaltname?.replaceAll(/(DNS|IP Address):/g, '') ?? nameOf(certificate.subject);
  const dates = `valid ${day(certificate.valid_from)} to ${day(certificate.valid_to)}`;
  return `for ${names}, issued by ${nameOf(certificate.issuer)}, ${dates}`;
}

function nameOf(name: tls.Certificate | undefined): string {
  const text = name?.CN ?? name?.O ?? 'nobody named';
  return Array.isArray(text) ? text.join(', ') : text;
}

function day(date: string): string {
  const parsed = new Date(date);
  return Number.isNaN(parsed.getTime()) ? date : parsed.toISOString().slice(0, 10);
}
