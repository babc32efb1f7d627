import { BlockList, isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';

/**
 * Whose rules say what a certificate is for. Node takes `me*.example.com` for meho.example.com, and every common name:
 *
 * | | common name | `*.example` | a dot at the end |
 * |---|---|---|---|
 * | curl (OpenSSL) | the last, without DNS names and addresses | no | of both is left out |
 * | Go (kubectl, helm) | never | yes | of the host is left out |
 */
export type NameRules = 'curl' | 'go';

export interface CertificateNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
  readonly common: readonly string[];
}

/** For `tls.connect`. @param name what the certificate must be for; the connected host where absent */
export function nameCheck({ name, nameRules = 'curl' }: { readonly name?: string; readonly nameRules?: NameRules }) {
  const fits = nameRules === 'go' ? fitsInGo : fitsInCurl;
  return (connected: string, certificate: PeerCertificate): Error | undefined => {
    const names = namesOf(certificate);
    const host = name ?? connected;
    return fits(host.toLowerCase(), names) ? undefined : mismatch(host, names);
  };
}

export function namesOf({ subjectaltname = '', subject }: PeerCertificate): CertificateNames {
  // Node quotes a name that could be taken for several.
  const pairs = [...subjectaltname.matchAll(/(?:^|, )([^:,]+):("(?:[^"\\]|\\.)*"|[^",]*)/gy)];
  const all = (wanted: string) =>
    pairs
      .filter(([, type]) => type === wanted)
      .map(([, , text = '']) => String(text.startsWith('"') ? JSON.parse(text) : text).toLowerCase());
  const common: unknown = subject?.CN ?? [];
  return {
    dns: all('DNS'),
    addresses: all('IP Address'),
    common: [common].flat().map((name) => String(name).toLowerCase()),
  };
}

export function mismatch(host: string, { dns, addresses, common }: CertificateNames): Error {
  const alternatives = [...dns, ...addresses];
  const names =
    alternatives.length > 0
      ? `is for ${alternatives.join(', ')}`
      : `has no subjectAltName, only the common name ${common.join(', ')}`;
  return Object.assign(new Error(`the certificate ${names}, not for ${host}`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
}

export function isAmong(address: string, addresses: readonly string[]): boolean {
  const list = new BlockList();
  for (const each of addresses.filter((each) => isIP(each) !== 0)) {
    list.addAddress(each, familyOf(each));
  }
  return list.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

function fitsInCurl(host: string, { dns, addresses, common }: CertificateNames): boolean {
  if (isIP(host) !== 0 ? isAmong(host, addresses) : dns.some((name) => matchesInCurl(name, host))) {
    return true;
  }
  const last = common.at(-1);
  return dns.length + addresses.length === 0 && last !== undefined && matchesInCurl(last, host);
}

function matchesInCurl(written: string, host: string): boolean {
  const [pattern, name] = [withoutDot(written), withoutDot(host)];
  const rest = /^\*(\.[^.]+\..+)$/.exec(pattern)?.[1];
  return rest === undefined || isIP(name) !== 0 ? pattern === name : behindLabel(name) === rest;
}

function fitsInGo(host: string, { dns, addresses }: CertificateNames): boolean {
  if (isIP(host) !== 0) {
    return isAmong(host, addresses);
  }
  const name = withoutDot(host);
  return dns.some((pattern) => {
    if (!isHostname(name) || !isHostname(pattern.replace(/^\*\./, ''))) {
      return pattern === host;
    }
    return pattern.startsWith('*.') ? behindLabel(name) === pattern.slice(1) : pattern === name;
  });
}

const isHostname = (name: string) => /^[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_][a-z0-9_-]*)*$/.test(name);

export const withoutDot = (name: string) => name.replace(/\.$/, '');

/** `.example.com` of `meho.example.com`; undefined without a label in front. */
function behindLabel(name: string): string | undefined {
  return /^[^.]+(\..+)$/.exec(name)?.[1];
}
