import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { isAmong, mismatch, namesOf } from '@meho/core/http/server-identity';

/**
 * Checks as libpq (15 to 18) does: a dot at the end counts; `*.example` is taken; the first common name counts where no
 * alternative name is of the host's kind; an address may stand as a DNS name.
 */
export function checkAsLibpq(host: string, certificate: PeerCertificate): Error | undefined {
  const names = namesOf(certificate);
  const name = host.toLowerCase();
  const isAddress = isIP(name) !== 0;
  const fits =
    names.dns.some((pattern) => matches(pattern, name)) ||
    (isAddress
      ? isAmong(name, names.addresses) || (names.addresses.length === 0 && matches(names.common[0], name))
      : names.dns.length === 0 && matches(names.common[0], name));
  return fits ? undefined : mismatch(host, names);
}

function matches(pattern: string | undefined, name: string): boolean {
  return (
    pattern === name || (pattern?.startsWith('*.') === true && /^[^.]+(\..+)$/.exec(name)?.[1] === pattern.slice(1))
  );
}
