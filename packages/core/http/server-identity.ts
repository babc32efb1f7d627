import tls, { type PeerCertificate } from 'node:tls';

/** Node takes `me*.example.com` for meho.example.com; curl, Go and libpq take a `*` for a whole label only. */
export function checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  // One is left in place of each: without any, Node would ask the common name.
  const subjectaltname = certificate.subjectaltname?.replaceAll(/DNS:(?!\*\.)[^,]*\*[^,]*/g, 'DNS:partial.invalid');
  return tls.checkServerIdentity(host, { ...certificate, ...(subjectaltname === undefined ? {} : { subjectaltname }) });
}
