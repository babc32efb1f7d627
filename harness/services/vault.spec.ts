import { createAuthority } from '@meho/core/testing/authority';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import type { TokenKind } from '@meho/images/recipes/openid/program/faults';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedOpenId, startOpenId } from './openid.ts';
import { type StartedVault, startVault } from './vault.ts';
import { errorsOf } from './vault-api.ts';

const authority = await createAuthority();
let things: RealDependencies;
let network: ContainerNetwork;
let openid: StartedOpenId;
let vault: StartedVault;

beforeAll(async () => {
  things = await realDependencies('openid', 'vault');
  network = await createNetwork(things.labels);
  openid = await startOpenId(place('openid'), { authority });
  const { issuer, audience } = openid;
  const federation = { issuer, audience, issuerCa: authority.certificatePem };
  vault = await startVault(place('vault'), { authority, federation });
}, 1_800_000);
afterAll(async () => {
  await vault?.stop();
  await openid?.stop();
  await network?.remove();
  expect(await leftovers(things.labels)).toEqual([]);
});

function place(name: 'openid' | 'vault') {
  return { image: things.image(name), labels: things.labels, network, signal: things.signal };
}

/** Logs in with the operator's token and reads the secret, as the backplane does. */
async function logIn(jwt: string) {
  const { status, fields } = await vault.api.ask('POST', 'auth/jwt/login', { body: { jwt, role: 'meho-mcp' } });
  const auth = fields['auth'];
  const token = typeof auth === 'object' && auth !== null ? Reflect.get(auth, 'client_token') : undefined;
  return { status, reason: errorsOf(fields), token: typeof token === 'string' ? token : undefined };
}

async function read(token: string | undefined, path = 'secret/data/meho/test/federation') {
  return vault.api.ask('GET', path, token === undefined ? {} : { token });
}

async function federationWorks() {
  const { status, token } = await logIn(await openid.login('operator'));
  expect(status).toBe(200);
  const { status: answer, fields } = await read(token);
  expect(answer).toBe(200);
  expect(fields['data']).toMatchObject({ metadata: { version: 1 } });
}

test('a token from a login opens the secret, and nothing else', async () => {
  const { token } = await logIn(await openid.login('operator'));
  expect((await read(token)).status).toBe(200);
  for (const path of ['secret/data/meho/test/other', 'secret/metadata/meho/test/federation', 'sys/mounts']) {
    expect((await read(token, path)).status).toBe(403);
  }
  expect(vault.version).toMatch(/^1\.\d+\.\d+/);
});

const refused: Readonly<Partial<Record<TokenKind, RegExp>>> = {
  'wrong-audience': /aud/,
  'without-audience': /aud/,
  'wrong-issuer': /iss/,
  'without-issuer': /iss/,
  expired: /expired/,
  'not-yet-valid': /not yet valid|nbf/,
  'wrong-key': /signature/,
  'unknown-key-id': /signature|no known key/,
  unsigned: /alg|signature/,
  'hmac-with-public-key': /alg|signature/,
  tampered: /signature/,
  'without-subject': /sub/,
};

test.each(Object.entries(refused))('Vault refuses a token of the kind %s', async (kind, reason) => {
  const { status, token, reason: words } = await logIn(await openid.token('operator', { kind: kind as TokenKind }));
  expect(status).toBe(400);
  expect(token).toBeUndefined();
  expect(words).toMatch(reason);
});

test('sealed it answers 503, and works again unsealed', async () => {
  const jwt = await openid.login('operator');
  {
    await using _seal = await vault.seal();
    expect((await logIn(jwt)).status).toBe(503);
    expect((await vault.api.ask('GET', 'sys/health')).status).toBe(503);
  }
  await federationWorks();
});

test('without its policy the login succeeds and the read is denied', async () => {
  {
    await using _fault = await vault.removePolicy();
    const { status, token } = await logIn(await openid.login('operator'));
    expect(status).toBe(200);
    expect((await read(token)).status).toBe(403);
  }
  await federationWorks();
});

test('without the secret the read finds nothing', async () => {
  {
    await using _fault = await vault.removeSecret();
    const { token } = await logIn(await openid.login('operator'));
    expect((await read(token)).status).toBe(404);
  }
  await federationWorks();
});

test('stopped it refuses connections, and is set up again afterwards', async () => {
  {
    await using _outage = await vault.outage('stopped');
    await expect(vault.api.ask('GET', 'sys/health')).rejects.toMatchObject({ failure: 'refused' });
  }
  await federationWorks();
});

test('it follows the provider to new keys', async () => {
  await openid.rotateKeys({ retire: true });
  await federationWorks();
});

test('its log and its answers show neither root token nor unseal key', async () => {
  expect(vault.logTail(500)).toContain('core: ');
  expect(vault.logTail(500)).not.toMatch(/hvs\.|Unseal Key/);
  expect(JSON.stringify(vault)).not.toMatch(/hvs\./);
});
