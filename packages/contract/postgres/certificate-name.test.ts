import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { checkAsLibpq } from './certificate-name.ts';

/** As psql 15.18 decides under sslmode=verify-full. */
test.each<[host: string, alternatives: string | undefined, common: string | readonly string[], fits: boolean]>([
  ['meho.example.com', 'DNS:meho.example.com', 'x', true],
  ['meho.example.com', 'DNS:MEHO.Example.COM', 'x', true],
  ['meho.example.com', 'DNS:*.example.com', 'x', true],
  ['example.com', 'DNS:*.com', 'x', true],
  ['a.meho.example.com', 'DNS:*.example.com', 'x', false],
  ['meho.example.com', 'DNS:me*.example.com', 'x', false],
  ['meho.example.com.', 'DNS:meho.example.com', 'x', false],
  ['meho.example.com.', 'DNS:meho.example.com.', 'x', true],
  ['meho.example.com', 'DNS:meho.example.com.', 'x', false],
  ['meho.example.com', undefined, 'meho.example.com', true],
  ['meho.example.com', undefined, '*.example.com', true],
  ['meho.example.com', undefined, 'me*.example.com', false],
  ['meho.example.com', undefined, ['meho.example.com', 'a.example.com'], true],
  ['meho.example.com', undefined, ['a.example.com', 'meho.example.com'], false],
  ['meho.example.com', 'DNS:other.example.com', 'meho.example.com', false],
  ['meho.example.com', 'IP Address:10.0.0.1', 'meho.example.com', true],
  ['meho.example.com', 'email:a@example.com', 'meho.example.com', true],
  ['127.0.0.1', 'IP Address:127.0.0.1', 'x', true],
  ['127.0.0.1', 'IP Address:10.0.0.1', '127.0.0.1', false],
  ['127.0.0.1', 'DNS:127.0.0.1', 'x', true],
  ['127.0.0.1', 'DNS:meho.example.com', '127.0.0.1', true],
  ['127.0.0.1', undefined, '127.0.0.1', true],
  // Node quotes a name in which another one could hide.
  ['meho.example.com', 'URI:"https://x/, DNS:meho.example.com"', 'x', false],
])('for %s, a certificate with %s and the common name %j: %s', (host, subjectaltname, CN, fits) => {
  const certificate = { subject: { CN }, ...(subjectaltname === undefined ? {} : { subjectaltname }) };
  const error = checkAsLibpq(host, certificate as PeerCertificate);
  expect(error === undefined).toBe(fits);
});
