// biome-ignore-all lint/style/noRestrictedImports: the spec of the image starts what it depends on

import { Backplane } from '@meho/contract/backplane/backplane';
import { isFailure } from '@meho/contract/check';
import { SMOKE_ANSWER_SECONDS, smokeChecks } from '@meho/contract/checks';
import { runChecks } from '@meho/contract/run-checks';
import { Secret } from '@meho/contract/token/secret';
import { createAuthority } from '@meho/core/testing/authority';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import type { TokenKind } from '@meho/images/recipes/openid/program/faults';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { type StartedOpenId, startOpenId } from '../openid.ts';
import { type StartedPostgres, startPostgres } from '../postgres.ts';
import { type StartedValkey, startValkey } from '../valkey.ts';
import { type StartedVault, startVault } from '../vault.ts';
import { type BackplaneStart, migrate, RunningImage, runUntilExit } from './testing/containers.ts';

/** The smoke's hints in the second dialect (contract, "Two dialects"). */

const authority = await createAuthority();
let things: RealDependencies;
let network: ContainerNetwork;
let postgres: StartedPostgres;
let valkey: StartedValkey;
let openid: StartedOpenId;
let vault: StartedVault;
let database: Database;
let start: BackplaneStart;
let server: RunningImage;

beforeAll(async () => {
  things = await realDependencies('postgres', 'valkey', 'openid', 'vault', 'second-backplane');
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
  database = await postgres.createDatabase('dialect');
  start = {
    image: things.image('second-backplane'),
    environment: environmentOf(),
    authority: authority.certificatePem,
  };
  const { exitCode, output } = await runUntilExit({ things, network }, start, migrate);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  server = await RunningImage.start({ things, network }, start);
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
    VAULT_ADDR: vault.url,
    VAULT_TIMEOUT_SECONDS: '2',
    BACKPLANE_URL: 'https://meho.example.com',
    MCP_RESOURCE_URI: 'https://meho.example.com/mcp',
  };
}

async function smokeSays(token: string, url = server.url): Promise<readonly (readonly [string, string])[]> {
  using https = new Backplane({ origin: new URL(url), deadlineMs: SMOKE_ANSWER_SECONDS * 1000 });
  const subject = { namespace: 'meho', release: 'meho' };
  const results = await runChecks(
    smokeChecks({ subject, startedAt: undefined, enforceBudget: false, skipLogin: false }),
    { inputs: { https, token: new Secret(token) }, missing: { cluster: 'none here', database: 'not asked here' } },
    { signal: things.signal },
  );
  return results.flatMap(({ check, verdict }) =>
    isFailure(verdict) && verdict.outcome !== 'skipped' && verdict.outcome !== 'holds'
      ? [[check.id, `${verdict.observed}; ${verdict.hint}`] as const]
      : [],
  );
}

const sound = () => openid.token('operator', { kind: 'sound' });

test('a sound token passes every leg', async () => {
  expect(await smokeSays(await sound())).toEqual([]);
});

test.each<[TokenKind, RegExp]>([
  ['expired', /^401 token_expired; .*\bexp\b.*clocks of issuer and backplane/],
  ['not-yet-valid', /^401 token_not_yet_valid; .*\bnbf or iat\b.*clocks of issuer and backplane/],
  ['wrong-audience', /^401 invalid_audience; .*audience mapper/],
  ['without-audience', /^401 missing_audience; .*audience mapper/],
  ['wrong-issuer', /^401 invalid_issuer; .*keycloak\.issuer to the letter/],
  ['without-issuer', /^401 missing_issuer; .*keycloak\.issuer to the letter/],
  ['without-expiry', /^401 missing_exp; .*an exp/],
  ['without-subject', /^401 missing_sub; .*claim sub with a value/],
  ['wrong-key', /^401 signature_verification_failed; .*old keys/],
  ['unknown-key-id', /^401 signature_verification_failed; .*old keys/],
  ['tampered', /^401 signature_verification_failed; .*old keys/],
  ['unsigned', /^401 invalid_token; .*fresh token/],
  ['hmac-with-public-key', /^401 invalid_token; .*fresh token/],
  ['without-tenant', /^401 missing_tenant_claim; .*map both/],
  ['malformed-tenant', /^401 malformed_tenant_claim; .*map both/],
  ['without-tenant-role', /^401 missing_tenant_role_claim; .*map both/],
  ['unknown-tenant-role', /^401 unknown_tenant_role; .*map both/],
])('a token of the kind %s is refused in leg 2, and the line says where to look', async (kind, says) => {
  expect(await smokeSays(await openid.token('operator', { kind }))).toEqual([
    ['operator-status', expect.stringMatching(says)],
  ]);
});

test('what is no JWT at all is malformed_jws', async () => {
  expect(await smokeSays('opaque')).toEqual([
    ['operator-status', expect.stringMatching(/^401 malformed_jws; .*opaque or encrypted/)],
  ]);
});

describe('Vault', () => {
  const leg4 = (says: RegExp) => [['vault-readable', expect.stringMatching(says)]];

  test('sealed', async () => {
    await using _sealed = await vault.seal();
    expect(await smokeSays(await sound())).toEqual(
      leg4(/read_ok is false \(login_failed: VaultClientError\); .*sealed.*vault operator unseal/),
    );
  });

  test('away', async () => {
    await using _away = await vault.outage('stopped');
    expect(await smokeSays(await sound())).toEqual(
      leg4(/reachable is false.*\(login_failed: VaultUnreachableError\); .*vault\.address, networkPolicy\.vaultCIDR/),
    );
  });

  test('without the policy', async () => {
    await using _gone = await vault.removePolicy();
    expect(await smokeSays(await sound())).toEqual(leg4(/\(read_failed: Forbidden\); .*secret\/data\/meho/));
  });

  test('without the secret', async () => {
    await using _gone = await vault.removeSecret();
    expect(await smokeSays(await sound())).toEqual(leg4(/\(read_failed: InvalidPath\); .*vault kv put/));
  });

  test('whose clock is behind: it refuses a token that the backplane takes', async () => {
    // Like a slow clock to Vault: the token becomes valid later, which only the backplane's leeway waives.
    const environment = { ...start.environment, KEYCLOAK_JWT_LEEWAY_SECONDS: '4000' };
    await using lenient = await RunningImage.start({ things, network }, { ...start, environment });
    const token = await openid.token('operator', { kind: 'not-yet-valid' });
    expect(await smokeSays(token, lenient.url)).toEqual(
      leg4(/\(login_failed: VaultRoleDeniedError\); .*\biat\b.*60 s of skew.*clocks of issuer and Vault/),
    );
  });
});

test('an issuer that is away is a 401 all the same, which points to it', async () => {
  // An unknown key makes the backplane ask the issuer.
  const token = await openid.token('operator', { kind: 'unknown-key-id' });
  await using _away = await openid.outage('stopped');
  await waitFor(
    'the keys to be asked for again: it has a cool-down',
    async () => {
      const { body } = await server.get('/api/v1/health/live', token);
      const seen = JSON.stringify(body);
      return seen.includes('jwks_unavailable') ? holds(undefined) : notYet(seen);
    },
    { deadlineMs: 20_000 },
  );
  expect(await smokeSays(token)).toEqual([
    ['operator-status', expect.stringMatching(/^401 jwks_unavailable; .*issuer is up.*networkPolicy\.keycloakCIDR/)],
  ]);
});

describe('the audit row', () => {
  test('that the database refuses is a 500', async () => {
    await database.query('ALTER TABLE audit_log RENAME TO audit_log_away');
    try {
      expect(await smokeSays(await sound())).toEqual([
        ['operator-status', expect.stringMatching(/^500 audit_write_failed; .*audit row.*networkPolicy\.postgresCIDR/)],
      ]);
    } finally {
      await database.query('ALTER TABLE audit_log_away RENAME TO audit_log');
    }
    expect(await smokeSays(await sound())).toEqual([]);
  });

  test('whose database is away is silence first: the smoke waits it out', async () => {
    const token = await sound();
    await using _away = await postgres.outage('stopped');
    const askedMs = performance.now();
    expect(await smokeSays(token)).toEqual([
      ['operator-status', expect.stringMatching(/^500 audit_write_failed; .*database is up/)],
    ]);
    expect(performance.now() - askedMs).toBeGreaterThan(10_000);
  });
});
