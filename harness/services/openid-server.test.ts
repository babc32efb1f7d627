import { createPublicKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exchange } from '@meho/core/http/exchange';
import { tokenKinds } from '@meho/images/recipes/openid/program/faults';
import { Keyring } from '@meho/images/recipes/openid/program/keyring';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { approveDevice, authorizeDevice, awaitToken } from './device-login.ts';
import { configuration, type LocalProvider, startLocalProvider, user } from './testing/local-provider.ts';

const bearer = { authorization: `Bearer ${configuration.controlKey}`, 'content-type': 'application/json' };

let provider: LocalProvider;

beforeAll(async () => {
  provider = await startLocalProvider();
});

afterAll(() => provider[Symbol.asyncDispose]());

async function get(path: string): Promise<Record<string, unknown>> {
  const { ca, connectTo } = provider.reach;
  const url = new URL(`${configuration.issuer}${path}`);
  const answer = await exchange({ url, tls: { ca: [ca] }, connectTo, deadlineMs: 5_000 });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body);
}

async function jwks(): Promise<JSONWebKeySet> {
  return (await get('/protocol/openid-connect/certs')) as unknown as JSONWebKeySet;
}

async function control(path: string, body: unknown, headers: Record<string, string> = bearer) {
  const url = new URL(`http://127.0.0.1:${provider.controlPort}${path}`);
  const answer = await exchange({ method: 'POST', url, headers, body: JSON.stringify(body), deadlineMs: 5_000 });
  return { status: answer.status, body: JSON.parse(answer.body) };
}

async function mintToken(kind: string): Promise<string> {
  const { status, body } = await control('/tokens', { kind, username: user.username });
  expect(status).toBe(200);
  return body.token;
}

async function deviceLogin(): Promise<string> {
  const device = await authorizeDevice(configuration.issuer, configuration.clientId, provider.reach);
  await approveDevice(device.verificationUriComplete, user, provider.reach);
  return awaitToken(device, configuration.clientId, provider.reach);
}

const verify = async (token: string) =>
  jwtVerify(token, createLocalJWKSet(await jwks()), {
    issuer: configuration.issuer,
    audience: configuration.audience,
    algorithms: ['RS256'],
    clockTolerance: 30,
    requiredClaims: ['sub', 'exp'],
  });

test('discovery names endpoints below the issuer', async () => {
  const discovery = await get('/.well-known/openid-configuration');
  expect(discovery['issuer']).toBe(configuration.issuer);
  for (const endpoint of ['jwks_uri', 'token_endpoint', 'device_authorization_endpoint']) {
    expect(discovery[endpoint]).toContain(`${configuration.issuer}/`);
  }
});

test('the JWKS holds public keys only', async () => {
  const { keys } = await jwks();
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

test('a device login ends in a token that says who the operator is', async () => {
  const { payload, protectedHeader } = await verify(await deviceLogin());
  expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: provider.keyring.signing.kid });
  expect(payload).toMatchObject({
    iss: configuration.issuer,
    aud: configuration.audience,
    sub: user.sub,
    name: user.name,
    email: user.email,
    tenant_id: user.tenantId,
    tenant_role: user.tenantRole,
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(configuration.tokenLifetimeS);
});

test('a wrong password logs nobody in', async () => {
  const device = await authorizeDevice(configuration.issuer, configuration.clientId, provider.reach);
  const attempt = approveDevice(
    device.verificationUriComplete,
    { username: 'operator', password: 'wrong' },
    provider.reach,
  );
  await expect(attempt).rejects.toThrow(/status 401.*Invalid username or password/);
});

test('a token for tests has the shape of a token from a login', async () => {
  const [fromLogin, fromTests] = await Promise.all([deviceLogin(), mintToken('sound')]);
  const shape = (token: string) => [decodeProtectedHeader(token), Object.keys(decodeJwt(token)).toSorted()];
  expect(shape(fromTests)).toEqual(shape(fromLogin));
  const { jti: _, iat: __, exp: ___, ...claims } = decodeJwt(fromTests);
  expect(decodeJwt(fromLogin)).toMatchObject(claims);
});

const refusals: Readonly<Record<string, RegExp>> = {
  expired: /"exp" claim timestamp check failed/,
  'not-yet-valid': /"nbf" claim timestamp check failed/,
  'wrong-audience': /unexpected "aud"/,
  'without-audience': /"aud"/,
  'wrong-issuer': /unexpected "iss"/,
  'without-issuer': /"iss"/,
  'wrong-key': /signature verification failed/,
  'unknown-key-id': /no applicable key/,
  unsigned: /"alg" \(Algorithm\) Header Parameter value not allowed/,
  'hmac-with-public-key': /"alg" \(Algorithm\) Header Parameter value not allowed/,
  tampered: /signature verification failed/,
  'without-subject': /"sub"/,
  'without-expiry': /"exp"/,
};

test.each(Object.entries(refusals))('%s is refused for that reason', async (kind, reason) => {
  await expect(verify(await mintToken(kind))).rejects.toThrow(reason);
});

const tenantFaults: Readonly<Record<string, object>> = {
  'without-tenant': { tenant_id: undefined, tenant_role: user.tenantRole },
  'malformed-tenant': { tenant_id: expect.not.stringMatching(/^[0-9a-f-]{36}$/), tenant_role: user.tenantRole },
  'without-tenant-role': { tenant_id: user.tenantId, tenant_role: undefined },
  'unknown-tenant-role': { tenant_id: user.tenantId, tenant_role: 'emperor' },
};

test.each(Object.entries(tenantFaults))('%s is sound but for its claims', async (kind, claims) => {
  const { payload } = await verify(await mintToken(kind));
  expect({ tenant_id: payload['tenant_id'], tenant_role: payload['tenant_role'] }).toEqual(claims);
});

test('every kind of token is shown to be what it says', () => {
  const shown = [...Object.keys(refusals), ...Object.keys(tenantFaults), 'sound', 'short-lived'];
  expect(shown.toSorted()).toEqual([...tokenKinds].toSorted());
});

test('the HMAC token verifies for a verifier that lets the token choose the algorithm', async () => {
  const [key] = (await jwks()).keys;
  const pem = createPublicKey({ key: { ...key }, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
  const { payload } = await jwtVerify(
    await mintToken('hmac-with-public-key'),
    new TextEncoder().encode(pem.toString()),
  );
  expect(payload.sub).toBe(user.sub);
});

test('a short-lived token lives as long as was asked for', async () => {
  const { body } = await control('/tokens', { kind: 'short-lived', username: 'operator', lifetimeS: 5 });
  const { iat = 0, exp = 0 } = decodeJwt(body.token);
  expect(exp - iat).toBe(5);
});

test('the control port answers nobody without its key', async () => {
  for (const authorization of ['', 'Bearer', 'Bearer control-key-of-the-tesT', `Basic ${configuration.controlKey}`]) {
    const { status, body } = await control('/tokens', { kind: 'sound', username: 'operator' }, { authorization });
    expect(status).toBe(401);
    expect(body).not.toHaveProperty('token');
  }
});

test.each([
  [{ kind: 'sund', username: 'operator' }, /kind must be one of sound, /],
  [{ kind: 'sound', username: 'nobody' }, /username/],
  [{ kind: 'sound', username: 'operator', lifetimeS: 0 }, /lifetimeS/],
  [[], /kind/],
])('the control port says what is wrong with %j', async (request, reason) => {
  const { status, body } = await control('/tokens', request);
  expect(status).toBe(400);
  expect(body.error).toMatch(reason);
});

test('a rotation changes the signing key; retired keys no longer verify', async () => {
  const before = await mintToken('sound');
  const device = await authorizeDevice(configuration.issuer, configuration.clientId, provider.reach);

  await control('/rotation', { retire: false });
  expect(decodeProtectedHeader(await mintToken('sound')).kid).not.toBe(decodeProtectedHeader(before).kid);
  expect((await jwks()).keys).toHaveLength(2);
  await verify(before);

  // A login begun before the rotation gets a token of the new key.
  await approveDevice(device.verificationUriComplete, user, provider.reach);
  const after = await awaitToken(device, configuration.clientId, provider.reach);
  expect(decodeProtectedHeader(after).kid).toBe(provider.keyring.signing.kid);

  await control('/rotation', { retire: true });
  expect((await jwks()).keys).toHaveLength(1);
  await expect(verify(before)).rejects.toThrow(/no applicable key/);
  await expect(verify(after)).rejects.toThrow(/no applicable key/);
  await verify(await mintToken('sound'));
});

test('the log tells requests, but neither codes nor tokens nor who the operator is', async () => {
  const device = await authorizeDevice(configuration.issuer, configuration.clientId, provider.reach);
  await approveDevice(device.verificationUriComplete, user, provider.reach);
  const token = await awaitToken(device, configuration.clientId, provider.reach);
  const text = provider.log.join('\n');
  expect(text).toContain('POST /realms/meho/protocol/openid-connect/token 200');
  for (const secret of [device.userCode, device.deviceCode, token, user.password, user.name, user.email]) {
    expect(text).not.toContain(secret);
  }
});

test('keys survive a restart and are readable by their owner only', async () => {
  const file = join(provider.folder, 'keys.json');
  const reopened = await Keyring.open(file);
  expect(reopened.jwks).toEqual(provider.keyring.jwks);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toHaveLength(provider.keyring.jwks.length);
});
