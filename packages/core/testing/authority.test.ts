import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { BasicConstraintsExtension, KeyUsagesExtension, X509Certificate as Parsed } from '@peculiar/x509';
import { expect, test } from 'vitest';
import { type Authority, createAuthority, type ServerCertificate } from './authority.ts';

test('the authority says critically that it is one and what its key is for', async () => {
  const { certificatePem } = await createAuthority();
  const parsed = new Parsed(certificatePem);
  const constraints = parsed.getExtension(BasicConstraintsExtension);
  expect(constraints).toMatchObject({ ca: true, critical: true });
  expect(parsed.getExtension(KeyUsagesExtension)?.critical).toBe(true);
  expect(parsed.getExtension('2.5.29.14'), 'subject key identifier').not.toBeNull();
  expect(parsed.getExtension('2.5.29.35'), 'authority key identifier').not.toBeNull();
});

test('a server certificate names its host and its issuer', async () => {
  const authority = await createAuthority();
  const { certificatePem } = await authority.issue({ dnsNames: ['meho.example.com'], ipAddresses: ['172.18.0.2'] });
  const certificate = new X509Certificate(certificatePem);
  const root = new X509Certificate(authority.certificatePem);
  expect(certificate.checkIssued(root)).toBe(true);
  expect(certificate.verify(root.publicKey)).toBe(true);
  expect(certificate.checkHost('meho.example.com')).toBe('meho.example.com');
  expect(certificate.checkIP('172.18.0.2')).toBe('172.18.0.2');
  expect(certificate.checkHost('other.example.com')).toBeUndefined();
  expect(certificate.ca).toBe(false);
});

test('a client that trusts the authority accepts the server', async () => {
  const authority = await createAuthority();
  const server = await authority.issue({ dnsNames: ['meho.example.com'] });
  await expect(shakeHands(server, authority, 'meho.example.com')).resolves.toBe('trusted');
});

test('a client that trusts another authority refuses it', async () => {
  const server = await (await createAuthority()).issue({ dnsNames: ['meho.example.com'] });
  await expect(shakeHands(server, await createAuthority(), 'meho.example.com')).rejects.toThrow(/certificate/);
});

test('an expired certificate is refused', async () => {
  const authority = await createAuthority();
  const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-01-02') };
  const server = await authority.issue({ dnsNames: ['meho.example.com'], validity });
  await expect(shakeHands(server, authority, 'meho.example.com')).rejects.toThrow(/expired/);
});

async function shakeHands(certificate: ServerCertificate, trusted: Authority, servername: string): Promise<string> {
  const server = createServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername, ca: trusted.certificatePem });
  try {
    await once(socket, 'secureConnect');
    return 'trusted';
  } finally {
    socket.destroy();
    server.close();
  }
}
