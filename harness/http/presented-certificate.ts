import { isIP } from 'node:net';
import tls from 'node:tls';
import { bare, type HttpRequest, portOf } from './exchange.ts';

/**
 * What certificate a server shows, for the line that says why it was not trusted. Opens a connection of its own that
 * verifies nothing and sends nothing.
 *
 * @returns e.g. `for meho.example.com, issued by Lab CA, valid 2026-01-01 to 2026-04-01`; undefined if none was shown
 */
export function presentedCertificate({ url, connectTo }: HttpRequest): Promise<string | undefined> {
  const host = bare(url.hostname);
  return new Promise((resolve) => {
    const socket = tls.connect({
      host: connectTo?.host ?? host,
      port: connectTo?.port ?? portOf(url),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
      timeout: 2_000,
    });
    const finish = (text: string | undefined) => {
      socket.destroy();
      resolve(text);
    };
    socket.once('secureConnect', () => finish(describe(socket.getPeerCertificate())));
    socket.once('timeout', () => finish(undefined));
    socket.once('error', () => finish(undefined));
  });
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
