// biome-ignore-all lint/style/noRestrictedImports: the spec of the image starts what it depends on

import { createAuthority } from '@meho/core/testing/authority';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { tokenKinds } from '@meho/images/recipes/openid/program/faults';
import { refusalWords } from '@meho/images/recipes/openid/refusal-words';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { type StartedOpenId, startOpenId } from '../openid.ts';
import { type StartedPostgres, startPostgres } from '../postgres.ts';
import { type StartedValkey, startValkey } from '../valkey.ts';
import { type StartedVault, startVault } from '../vault.ts';
import { migrate, RunningImage, runUntilExit } from './testing/containers.ts';

const authority = await createAuthority();
const jwksTtlS = 4;
let things: RealDependencies;
let network: ContainerNetwork;
let postgres: StartedPostgres;
let valkey: StartedValkey;
let openid: StartedOpenId;
let vault: StartedVault;
let database: Database;
let server: RunningImage;

beforeAll(async () => {
  things = await realDependencies('postgres', 'valkey', 'openid', 'vault', 'backplane');
  network = await createNetwork(things.labels);
  [postgres, valkey, openid] = await Promise.all([
    startPostgres(place('postgres')),
    startValkey(place('valkey')),
    startOpenId(place('openid'), { authority }),
  ]);
  const { issuer, audience } = openid;
  vault = await startVault(place('vault'), {
    authority,
    federation: { issuer, audience, issuerCa: authority.certificatePem },
  });
  database = await postgres.createDatabase('federation');
  const image = things.image('backplane');
  const environment = environmentOf();
  await runUntilExit({ things, network }, { image, environment }, migrate);
  server = await RunningImage.start({ things, network }, { image, environment, authority: authority.certificatePem });
  await server.untilFailing({});
}, 1_800_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await Promise.all([postgres?.stop(), valkey?.stop(), openid?.stop(), vault?.stop()]);
  await network?.remove();
  expect(await leftovers(things.labels)).toEqual([]);
});

function place(name: 'postgres' | 'valkey' | 'openid' | 'vault') {
  return { image: things.image(name), labels: things.labels, network, signal: things.signal };
}

function environmentOf(): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: database.urlFromPods(),
    BROADCAST_REDIS_URL: valkey.urlFromPods(),
    KEYCLOAK_ISSUER_URL: openid.issuer,
    KEYCLOAK_AUDIENCE: openid.audience,
    KEYCLOAK_JWKS_CACHE_TTL_SECONDS: String(jwksTtlS),
    VAULT_ADDR: vault.url,
    VAULT_TIMEOUT_SECONDS: '2',
    BACKPLANE_URL: 'https://meho.example.com',
    MCP_RESOURCE_URI: 'https://meho.example.com/mcp',
  };
}

interface Row {
  readonly operator_sub: string;
  readonly method: string;
  readonly path: string;
  readonly status_code: number;
  readonly request_id: string | null;
  readonly tenant_id: string;
  readonly duration_ms: string;
}

const rows = () => database.query<Row>('SELECT * FROM audit_log ORDER BY occurred_at');
const health = async () => server.get('/api/v1/health', await openid.token('operator', { kind: 'sound' }));

async function stream(): Promise<readonly Readonly<Record<string, string>>[]> {
  const redis = new Redis(valkey.urlFromTests());
  try {
    const entries = await redis.xrange('meho:activity', '-', '+');
    return entries.map(([, fields]) =>
      Object.fromEntries(fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? '']] : []))),
    );
  } finally {
    redis.disconnect();
  }
}

describe('an operator who logged in', () => {
  test('gets the whole chain, one row and one entry of the stream', async () => {
    const before = { rows: await rows(), entries: await stream() };
    const answer = await server.get('/api/v1/health', await openid.login('operator'));
    const { sub, name, email, tenantId } = openid.operators.operator;
    expect(answer).toMatchObject({
      status: 200,
      body: {
        operator: { sub, name, email },
        vault: { reachable: true, read_ok: true, detail: 'version=1' },
        db: { migrated: true },
      },
    });
    const added = (await rows()).slice(before.rows.length);
    const common = { operator_sub: sub, method: 'GET', path: '/api/v1/health', tenant_id: tenantId };
    expect(added).toMatchObject([{ ...common, status_code: 200, request_id: answer.requestId }]);
    expect((await stream()).slice(before.entries.length)).toMatchObject([
      { ...common, status_code: '200', request_id: answer.requestId },
    ]);
    expect(server.log()).not.toMatch(new RegExp(`${name}|${email}|eyJ`));
  });

  test('without the role gets 403 and a row that says so, and may ask whether it lives', async () => {
    const token = await openid.login('reader');
    expect(await server.get('/api/v1/health', token)).toMatchObject({
      status: 403,
      body: { detail: 'insufficient_role' },
    });
    expect((await rows()).at(-1)).toMatchObject({ operator_sub: openid.operators.reader.sub, status_code: 403 });
    expect(await server.get('/api/v1/health/live', token)).toMatchObject({ status: 200 });
  });
});

test('the words for what is wrong cover every token that can be minted', () => {
  expect([...Object.keys(refusalWords), 'sound', 'short-lived'].sort()).toEqual([...tokenKinds].sort());
});

test.each(Object.entries(refusalWords))(
  'a token that is %s is refused as %s, and leaves no row',
  async (kind, word) => {
    const before = (await rows()).length;
    const found = tokenKinds.find((known) => known === kind) ?? 'sound';
    const answer = await server.get('/api/v1/health', await openid.token('operator', { kind: found }));
    expect(answer).toMatchObject({ status: 401, body: { detail: word }, requestId: expect.stringMatching(/./) });
    expect(await rows()).toHaveLength(before);
  },
);

describe('each link of the chain fails alone and heals without a restart', () => {
  const vaultPart = async () => Reflect.get(Object((await health()).body), 'vault');

  test('Vault sealed', async () => {
    {
      await using _sealed = await vault.seal();
      expect(await vaultPart()).toEqual({ reachable: true, read_ok: false, detail: 'login_failed: VaultDown' });
      await server.untilFailing({ vault: 'sealed' });
    }
    await server.untilFailing({});
    expect(await vaultPart()).toMatchObject({ read_ok: true });
  });

  test('its policy missing', async () => {
    {
      await using _gone = await vault.removePolicy();
      expect(await vaultPart()).toEqual({ reachable: true, read_ok: false, detail: 'read_failed: Forbidden' });
    }
    expect(await vaultPart()).toMatchObject({ read_ok: true });
  });

  test('the secret missing', async () => {
    {
      await using _gone = await vault.removeSecret();
      expect(await vaultPart()).toEqual({ reachable: true, read_ok: false, detail: 'read_failed: InvalidPath' });
    }
    expect(await vaultPart()).toMatchObject({ read_ok: true });
  });

  test('Vault away', async () => {
    {
      await using _away = await vault.outage('stopped');
      await server.untilFailing({ vault: /^health_failed: (ConnectError|TimeoutError)$/ });
      const detail = expect.stringMatching(/^login_failed: (ConnectError|TimeoutError)$/);
      expect(await vaultPart()).toEqual({ reachable: false, read_ok: false, detail });
    }
    await server.untilFailing({});
    expect(await vaultPart()).toMatchObject({ read_ok: true });
  });

  test('the issuer away: unready at once, tokens 503 once the keys are too old', async () => {
    const token = await openid.token('operator', { kind: 'sound' });
    {
      await using _away = await openid.outage('stopped');
      await server.untilFailing({ keycloak: /^discovery_failed: (ConnectError|TimeoutError)$/ });
      await waitFor(
        'a token to be 503 jwks_unavailable',
        async () => {
          const { status, body } = await server.get('/api/v1/health/live', token);
          const seen = `${status} ${JSON.stringify(body)}`;
          return seen === '503 {"detail":"jwks_unavailable"}' ? holds(undefined) : notYet(seen);
        },
        { deadlineMs: 20_000 },
      );
      expect((await server.get('/api/v1/health')).status).toBe(401);
    }
    await server.untilFailing({});
    expect((await server.get('/api/v1/health/live', token)).status).toBe(200);
  });

  test('keys rotated: new ones are believed at once or after the cool-down, retired ones no more', async () => {
    const old = await openid.token('operator', { kind: 'sound' });
    await openid.rotateKeys({ retire: true });
    const fresh = await openid.token('operator', { kind: 'sound' });
    const status = async (token: string) => (await server.get('/api/v1/health/live', token)).status;
    await waitFor(
      'the new key to be believed',
      async () => ((await status(fresh)) === 200 ? holds(undefined) : notYet('it is not')),
      { deadlineMs: 10_000 },
    );
    expect(await status(old)).toBe(401);
  });

  test('the database away: no row, no 200', async () => {
    const token = await openid.token('operator', { kind: 'sound' });
    {
      await using _away = await postgres.outage('stopped');
      await server.untilFailing({ database: /^query_failed/, migration: /^revision_unreadable/ });
      const askedMs = performance.now();
      expect(await server.get('/api/v1/health', token)).toMatchObject({
        status: 503,
        body: { detail: 'audit_unavailable' },
      });
      expect(performance.now() - askedMs).toBeLessThan(10_000);
    }
    await server.untilFailing({});
    expect((await server.get('/api/v1/health', token)).status).toBe(200);
  });

  test('the broker away: requests go on, the stream goes on afterwards', async () => {
    {
      await using _away = await valkey.outage('stopped');
      await server.untilFailing({ broadcast: /^ping_failed/ });
      expect((await health()).status).toBe(200);
    }
    await server.untilFailing({});
    expect((await health()).status).toBe(200);
    expect(await stream()).toHaveLength(1);
  });
});

test('without the authority, TLS is what fails', async () => {
  const image = things.image('backplane');
  await using stranger = await RunningImage.start({ things, network }, { image, environment: environmentOf() });
  await stranger.untilFailing({
    vault: 'health_failed: CertificateVerifyError',
    keycloak: 'discovery_failed: CertificateVerifyError',
  });
});
