import { beforeAll, describe, expect, test } from 'vitest';
import { type Authority, createAuthority } from '../testing/authority.ts';
import { exchange } from './exchange.ts';
import { common, dns, nameCases } from './testing/certificate-names.ts';
import { serveHttps } from './testing/local-server.ts';
import { TransportError } from './transport-error.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

describe.each(nameCases)('%s, by a certificate with %j', (host, names, asCurl, asGo) => {
  test.each([
    ['curl', asCurl],
    ['go', asGo],
  ] as const)('as %s: %s', async (nameRules, fits) => {
    await using server = await serveHttps(await authority.issue(names), (_, response) => response.end('here'));
    const asked = exchange({
      url: new URL(`https://${host}/`),
      connectTo: { host: '127.0.0.1', port: server.port },
      tls: { ca: [authority.certificatePem], nameRules },
      deadlineMs: 5_000,
    });
    await (fits
      ? expect(asked).resolves.toMatchObject({ body: 'here' })
      : expect(asked).rejects.toMatchObject({ failure: 'tls-hostname' }));
  });
});

test('the server is told the name without the dot at its end, and sees the dot in the header', async () => {
  const seen: unknown[] = [];
  const keyPair = await authority.issue(dns('meho.example.com'));
  await using server = await serveHttps(keyPair, ({ socket, headers }, response) => {
    seen.push(Reflect.get(socket, 'servername'), headers.host);
    response.end();
  });
  const url = new URL('https://meho.example.com./');
  const connectTo = { host: '127.0.0.1', port: server.port };
  await exchange({ url, connectTo, tls: { ca: [authority.certificatePem] }, deadlineMs: 5_000 });
  expect(seen).toEqual(['meho.example.com', 'meho.example.com.']);
});

test('a certificate with a common name alone is told as that', async () => {
  await using server = await serveHttps(await authority.issue(common('meho.example.com')), (_, response) => {
    response.end();
  });
  const failed: unknown = await exchange({
    url: new URL('https://meho.example.com/'),
    connectTo: { host: '127.0.0.1', port: server.port },
    tls: { ca: [authority.certificatePem], nameRules: 'go' },
    deadlineMs: 5_000,
  }).catch((error) => error);
  expect(failed).toBeInstanceOf(TransportError);
  expect((failed as TransportError).observed).toMatch(
    /is not for meho\.example\.com \(for no subjectAltName, and the common name meho\.example\.com, issued by /,
  );
});
