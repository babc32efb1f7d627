import { exchange } from '@meho/core/http/exchange';
import { createAuthority } from '@meho/core/testing/authority';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { type TokenKind, tokenKinds } from '@meho/images/recipes/openid/program/faults';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { getContainerRuntimeClient } from 'testcontainers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedOpenId, startOpenId } from './openid.ts';

const authority = await createAuthority();
let things: RealDependencies;
let network: ContainerNetwork;
let openid: StartedOpenId;

beforeAll(async () => {
  things = await realDependencies('openid');
  network = await createNetwork(things.labels);
  openid = await startOpenId(place('openid'), { authority });
}, 1_800_000);
afterAll(async () => {
  await openid?.stop();
  await network?.remove();
  expect(await leftovers(things.labels)).toEqual([]);
});

function place(name: 'openid') {
  return { image: things.image(name), labels: things.labels, network, signal: things.signal };
}

/** Fetches the JWKS anew over verified TLS, like a resource server. */
function verifier() {
  const keys = createRemoteJWKSet(new URL(openid.jwksUri), {
    [customFetch]: async (url) => {
      const { ca, connectTo } = openid.reach;
      const answer = await exchange({ url: new URL(url), tls: { ca: [ca] }, connectTo, deadlineMs: 5_000 });
      return new Response(answer.body, { status: answer.status });
    },
  });
  const { issuer, audience } = openid;
  const requiredClaims = ['sub', 'exp'];
  return (token: string) =>
    jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'], clockTolerance: 30, requiredClaims });
}

test('a device login gives a token that verifies against the published keys', async () => {
  const { payload } = await verifier()(await openid.login('operator'));
  const { sub, name, email, tenantId, tenantRole } = openid.operators.operator;
  expect(payload).toMatchObject({ sub, name, email, tenant_id: tenantId, tenant_role: tenantRole });
  expect(openid.issuer).toBe(`https://${openid.address}/realms/meho`);
});

const acceptable: readonly TokenKind[] = [
  'sound',
  'short-lived',
  'without-tenant',
  'malformed-tenant',
  'without-tenant-role',
  'unknown-tenant-role',
];

test.each(tokenKinds)('a token of the kind %s is what its name says', async (kind) => {
  const verdict = verifier()(await openid.token('operator', { kind, lifetimeS: 60 }));
  if (acceptable.includes(kind)) {
    await verdict;
  } else {
    await expect(verdict).rejects.toThrow(/^(?!.*(fetch|JWKS response))/i);
  }
});

test('who has another authority does not trust it', async () => {
  const stranger = await createAuthority();
  const { connectTo } = openid.reach;
  const url = new URL(openid.jwksUri);
  const attempt = exchange({ url, tls: { ca: [stranger.certificatePem] }, connectTo, deadlineMs: 5_000 });
  await expect(attempt).rejects.toMatchObject({ failure: 'tls-unknown-ca' });
});

test('keys rotate while it runs; published ones stay good, retired ones do not', async () => {
  const before = await openid.login('operator');
  const { signing, published } = await openid.rotateKeys({ retire: false });
  expect(published).toHaveLength(2);
  await verifier()(before);
  const after = await openid.login('operator');
  expect(decodeProtectedHeader(after).kid).toBe(signing);
  await openid.rotateKeys({ retire: true });
  await expect(verifier()(before)).rejects.toThrow(/no applicable key/);
});

test('an outage refuses connections, and ends with the same keys at the same address', async () => {
  const token = await openid.login('operator');
  {
    await using _outage = await openid.outage('stopped');
    await expect(verifier()(token)).rejects.toThrow(/refused/);
  }
  await verifier()(token);
  await verifier()(await openid.login('admin'));
});

test('neither passwords nor keys are in its arguments, its variables or its log', async () => {
  const { container } = await getContainerRuntimeClient();
  const [own] = await container.dockerode.listContainers({ filters: { network: [network.name] } });
  const inspected = JSON.stringify(await container.getById(own?.Id ?? '').inspect());
  expect(inspected).toContain('"443/tcp"');
  for (const secret of ['password', 'controlKey', 'PRIVATE KEY']) {
    expect(inspected).not.toContain(secret);
    expect(openid.logTail(500)).not.toContain(secret);
  }
});
