import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exchange } from '@meho/core/http/exchange';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { createAuthority } from '@meho/core/testing/authority';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { getContainerRuntimeClient } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedKeycloak, startKeycloak } from './keycloak.ts';

const authority = await createAuthority();
let things: RealDependencies;
let network: ContainerNetwork;
let keycloak: StartedKeycloak;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-keycloak-'));
  await writeFile(path.join(folder, 'ca.pem'), authority.certificatePem);
  things = await realDependencies('keycloak');
  network = await createNetwork(things.labels);
  const place = { image: things.image('keycloak'), labels: things.labels, network, signal: things.signal };
  keycloak = await startKeycloak(place, { authority });
}, 1_800_000);
afterAll(async () => {
  await keycloak?.stop();
  await network?.remove();
  await rm(folder, { recursive: true, force: true });
  expect(await leftovers(things.labels)).toEqual([]);
}, 120_000);

/** Fetches the JWKS anew over verified TLS, like a resource server. */
function verified(token: string) {
  const keys = createRemoteJWKSet(new URL(keycloak.jwksUri), {
    [customFetch]: async (url) => {
      const answer = await get(String(url));
      return new Response(answer.body, { status: answer.status });
    },
  });
  const { issuer, audience } = keycloak;
  return jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'], requiredClaims: ['sub', 'exp'] });
}

function get(url: string) {
  const { ca, connectTo } = keycloak.reach;
  return exchange({ url: new URL(url), tls: { ca: [ca] }, connectTo, deadlineMs: 10_000 });
}

const discovery = () => get(`${keycloak.issuer}/.well-known/openid-configuration`);

/** `meho-acceptance login` as a process, and a person at Keycloak's pages. */
async function login(confirm: (link: string) => Promise<void>) {
  const { issuer, clientId, reach } = keycloak;
  const { promise: link, resolve } = Promise.withResolvers<string | undefined>();
  const flags = [
    ...['login', '--issuer', issuer, '--client-id', clientId, '--cacert', path.join(folder, 'ca.pem')],
    ...['--connect-to', `${reach.connectTo.host}:${reach.connectTo.port}`, '--timeout', '60'],
  ];
  const ending = run(process.execPath, [path.join(repositoryRoot, 'packages/verifiers/main.ts'), ...flags], {
    timeoutMs: 100_000,
    acceptExitCodes: [1],
    printsSecret: true,
    onLine: (line) => {
      const found = /https:\/\/\S+/.exec(line)?.[0];
      if (found !== undefined) {
        resolve(found);
      }
    },
  }).finally(() => resolve(undefined));
  const person = link.then((found) => (found === undefined ? undefined : confirm(found)));
  const [{ exitCode, stdout, stderr }] = await Promise.all([ending, person]);
  return { exitCode, stdout, failed: stderr.split('\n').find((line) => line.startsWith('[FAIL]')) };
}

test('login through the real pages gives a token with the claims of the contract', async () => {
  const { exitCode, stdout } = await login((link) => keycloak.approve(link, 'operator'));
  expect(exitCode).toBe(0);
  const { payload } = await verified(stdout.trim());
  const { sub, name, email, tenantId, tenantRole } = keycloak.operators.operator;
  expect(payload).toMatchObject({ sub, name, email, tenant_id: tenantId, tenant_role: tenantRole });
  expect(payload).toMatchObject({ aud: 'meho-backplane', iss: keycloak.issuer });
});

describe('login says what to do about', () => {
  test('a consent that is refused', async () => {
    const { exitCode, stdout, failed } = await login((link) => keycloak.approve(link, 'operator', 'cancel'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(failed).toMatch(/access_denied \("The end user denied the authorization request"\).*refused in the browser/);
  });

  test('a user who is disabled after the consent', async () => {
    const { sub } = keycloak.operators.reader;
    // Leaves the person time before the first poll.
    await keycloak.admin.changeRealm({ oauth2DevicePollingInterval: 20 });
    const { exitCode, failed } = await login(async (link) => {
      await keycloak.approve(link, 'reader');
      await keycloak.admin.changeUser(sub, { enabled: false });
    });
    await keycloak.admin.changeUser(sub, { enabled: true });
    await keycloak.admin.changeRealm({ oauth2DevicePollingInterval: 1 });
    expect(exitCode).toBe(1);
    expect(failed).toMatch(/invalid_grant \("User disabled"\); next: have that user enabled/);
  });

  test('a realm that is switched off, whose discovery and keys are as ever', async () => {
    await keycloak.admin.changeRealm({ enabled: false });
    try {
      expect((await discovery()).status).toBe(200);
      expect((await get(keycloak.jwksUri)).status).toBe(200);
      const { exitCode, failed } = await login(async () => undefined);
      expect(exitCode).toBe(1);
      expect(failed).toMatch(/seen 400 "Realm not enabled"; next: the realm is switched off at the issuer/);
    } finally {
      await keycloak.admin.changeRealm({ enabled: true });
    }
    expect((await login((link) => keycloak.approve(link, 'operator'))).exitCode).toBe(0);
  });
});

test('keys rotate while it runs; published ones stay good, retired ones do not', async () => {
  const before = await keycloak.login('operator');
  await keycloak.rotateKeys({ retire: false });
  await verified(before);
  const after = await keycloak.login('operator');
  expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
  await keycloak.rotateKeys({ retire: true });
  await expect(verified(before)).rejects.toThrow(/no applicable key/);
  await verified(await keycloak.login('operator'));
});

test('a key of a kind that few know leaves the tokens as they were', async () => {
  await keycloak.addKeys('eddsa-generated', { priority: ['50'], eddsaEllipticCurveKey: ['Ed448'] });
  const { keys } = JSON.parse((await get(keycloak.jwksUri)).body);
  expect(keys).toContainEqual(expect.objectContaining({ kty: 'OKP', crv: 'Ed448', alg: 'EdDSA' }));
  const token = await keycloak.login('operator');
  expect(decodeProtectedHeader(token).alg).toBe('RS256');
  await verified(token);
});

test('neither passwords nor keys are in its arguments, its variables or its log', async () => {
  const { container } = await getContainerRuntimeClient();
  const inspected = JSON.stringify(await container.getById(keycloak.id).inspect());
  expect(inspected).toContain('"443/tcp"');
  for (const secret of ['password', 'PRIVATE KEY']) {
    expect(inspected).not.toContain(secret);
    expect(keycloak.logTail(500)).not.toContain(secret);
  }
});
