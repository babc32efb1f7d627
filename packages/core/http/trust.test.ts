import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authority, createAuthority } from '../testing/authority.ts';
import { exchange } from './exchange.ts';
import { curl, hasCurl } from './testing/curl.ts';
import { type KeyPair, serveHttps } from './testing/local-server.ts';
import { createSelfSigned } from './testing/self-signed.ts';
import { acceptsPartialChains, secureOptions } from './tls-options.ts';
import { TransportError } from './transport-error.ts';

const HOST = 'meho.example.com';

interface Chains {
  readonly root: Authority;
  readonly intermediate: Authority;
  readonly other: Authority;
  readonly leaf: KeyPair;
  readonly byRoot: KeyPair;
  readonly selfSigned: KeyPair;
  readonly otherSelfSigned: KeyPair;
}

let chains: Chains;
let folder: string;

beforeAll(async () => {
  const root = await createAuthority('root');
  const intermediate = await root.delegate('intermediate');
  const names = { dnsNames: [HOST] };
  chains = {
    root,
    intermediate,
    other: await createAuthority('other'),
    leaf: await intermediate.issue(names),
    byRoot: await root.issue(names),
    selfSigned: await createSelfSigned(HOST),
    otherSelfSigned: await createSelfSigned(HOST),
  };
  folder = await mkdtemp(path.join(tmpdir(), 'meho-trust-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Chain = (chains: Chains) => readonly string[];

/** The shown chain, the trusted certificates, and whether they suffice. */
const cases: readonly (readonly [name: string, shown: Chain, trusted: Chain, enough: boolean])[] = [
  ['the root, of a whole chain', whole, (w) => [w.root.certificatePem], true],
  ['the root, where the server leaves the intermediate out', leafAlone, (w) => [w.root.certificatePem], false],
  ['the intermediate, of a whole chain', whole, (w) => [w.intermediate.certificatePem], true],
  ['the intermediate, where the server leaves it out', leafAlone, (w) => [w.intermediate.certificatePem], true],
  ["the server's own certificate, of a whole chain", whole, (w) => [w.leaf.certificatePem], true],
  ["the server's own certificate alone", leafAlone, (w) => [w.leaf.certificatePem], true],
  [
    'root and intermediate, where the server leaves it out',
    leafAlone,
    (w) => [w.root.certificatePem, w.intermediate.certificatePem],
    true,
  ],
  ['another root', whole, (w) => [w.other.certificatePem], false],
  ["another server's certificate", whole, (w) => [w.byRoot.certificatePem], false],
  ['the root, with the marker that OpenSSL once wrote', whole, (w) => [marked('X509', w.root.certificatePem)], true],
  ['the root, with what OpenSSL says beside it', whole, (w) => [marked('TRUSTED', w.root.certificatePem)], true],
  ['a self-signed certificate', (w) => [w.selfSigned.certificatePem], (w) => [w.selfSigned.certificatePem], true],
  [
    'another self-signed certificate of the same name',
    (w) => [w.selfSigned.certificatePem],
    (w) => [w.otherSelfSigned.certificatePem],
    false,
  ],
];

function whole({ leaf, intermediate }: Chains): readonly string[] {
  return [leaf.certificatePem, intermediate.certificatePem];
}

function marked(word: string, pem: string): string {
  return pem.replaceAll(' CERTIFICATE', ` ${word} CERTIFICATE`);
}

function leafAlone({ leaf }: Chains): readonly string[] {
  return [leaf.certificatePem];
}

function serve(chain: readonly string[]) {
  const { selfSigned, leaf } = chains;
  const { privateKeyPem } = chain[0] === selfSigned.certificatePem ? selfSigned : leaf;
  return serveHttps({ certificatePem: chain.join(''), privateKeyPem }, (_, response) => response.end('here'));
}

describe.each(cases)('trusting %s', (_, shown, trusted, enough) => {
  test(enough ? 'is enough' : 'is not enough', async () => {
    await using server = await serve(shown(chains));
    const asked = exchange({
      url: new URL(`https://${HOST}/`),
      connectTo: { host: '127.0.0.1', port: server.port },
      tls: { ca: trusted(chains) },
      deadlineMs: 5_000,
    });
    await (enough
      ? expect(asked).resolves.toMatchObject({ body: 'here' })
      : expect(asked).rejects.toThrow(TransportError));
  });

  test.runIf(hasCurl)('is that to curl as well', async () => {
    await using server = await serve(shown(chains));
    const file = path.join(folder, `${server.port}.pem`);
    await writeFile(file, trusted(chains).join(''));
    const where = ['--connect-to', `${HOST}:443:127.0.0.1:${server.port}`, `https://${HOST}/`];
    const { exitCode } = await curl(['--cacert', file, ...where]);
    expect(exitCode).toBe(enough ? 0 : 60);
  });
});

test('which of them a Node before 22.9 does not take is known', () => {
  const { root, intermediate, leaf, selfSigned } = chains;
  const old = '22.8.0';
  for (const { certificatePem } of [root, selfSigned]) {
    expect(acceptsPartialChains({ ca: [certificatePem] }, old)).toBe(true);
  }
  for (const { certificatePem } of [intermediate, leaf]) {
    expect(acceptsPartialChains({ ca: [root.certificatePem, certificatePem] }, old)).toBe(false);
    expect(acceptsPartialChains({ ca: [certificatePem] }, '22.9.0')).toBe(true);
  }
});

test('a list of certificates is read once for all connections that trust it, and never for those that show one', () => {
  const ca = [chains.root.certificatePem];
  const { certificatePem: cert, privateKeyPem: key } = chains.byRoot;
  const { secureContext } = secureOptions('a', { ca });
  expect(secureContext).toBeDefined();
  expect(secureOptions('b', { ca }).secureContext).toBe(secureContext);
  expect(secureOptions('a', { ca: [chains.other.certificatePem] }).secureContext).not.toBe(secureContext);
  expect(secureOptions('a', { ca, cert, key }).secureContext).toBeUndefined();
});
