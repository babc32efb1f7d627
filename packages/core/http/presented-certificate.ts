import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { bare, portOf } from './endpoint.ts';
import type { HttpRequest } from './exchange.ts';

/**
 * Asks over a connection that verifies and sends nothing.
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
const NEAR_MS = 2 * 86_400_000;

/** Undefined if the proxy gives none any more. */
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
    // Only a detail of an earlier failure.
    return undefined;
  }
}

function describe(certificate: tls.PeerCertificate): string | undefined {
  if (certificate.valid_to === undefined) {
    return undefined;
  }
  const names =
    certificate.subjectaltname?.replaceAll(/(DNS|IP Address):/g, '') ??
    `no subjectAltName, and the common name ${nameOf(certificate.subject)}`;
  const dates = `valid ${day(certificate.valid_from)} to ${day(certificate.valid_to)}`;
  return `for ${names}, issued by ${nameOf(certificate.issuer)}, ${dates}`;
}

function nameOf(name: tls.Certificate | undefined): string {
  const text = name?.CN ?? name?.O ?? 'nobody named';
  return Array.isArray(text) ? text.join(', ') : text;
}

function day(date: string): string {
  const parsed = new Date(date);
  if (Number.isNaN(parsed.getTime())) {
    return date;
  }
  // Around today a day alone says nothing of whether it is over.
  const isNear = Math.abs(parsed.getTime() - Date.now()) < NEAR_MS;
  return isNear ? `${parsed.toISOString().slice(0, 16)}Z` : parsed.toISOString().slice(0, 10);
}
