import { describe, expect, test } from 'vitest';
import { install, look, never, red, smoke } from './testing/ask-checks.ts';
import { type Behaviour, json, STUB_REQUEST_ID } from './testing/stub-backplane.ts';

describe('a link that the backplane can’t do without', () => {
  const id = { 'x-request-id': STUB_REQUEST_ID };
  const everything = /database.*issuer's keys.*postgresCIDR.*keycloakCIDR.*\/ready/;

  test.each<[string, Behaviour, RegExp]>([
    ['503 jwks_unavailable', json(503, { detail: 'jwks_unavailable' }, id), /issuer is up/],
    ['401 jwks_unavailable', json(401, { detail: 'jwks_unavailable' }, id), /issuer is up/],
    ['503 audit_unavailable', json(503, { detail: 'audit_unavailable' }, id), /database is up/],
    ['500 audit_write_failed', json(500, { detail: 'audit_write_failed' }, id), /database is up/],
    ['500 a_third_word', json(500, { detail: 'a_third_word' }, id), everything],
    ['503 a_third_word', json(503, { detail: 'a_third_word' }, id), everything],
    ['500', json(500, { detail: 'A sentence with spaces' }, id), everything],
    ['503 a_third_word', json(503, { detail: 'a_third_word' }), /no ready backplane behind it/],
    ['403 a_third_word', json(403, { detail: 'a_third_word' }, id), /tenant_role/],
    ['403', json(403, {}), /not the backplane's/],
  ])('is named for %s', async (observed, operator, hint) => {
    for (const [checks, leg] of [
      [smoke, 'operator-status'],
      [install, 'operator-accepted'],
    ] as const) {
      const results = await look(checks, { operator });
      expect(red(results)).toEqual([leg]);
      const seen = results.find(({ check }) => check.id === leg);
      expect(seen?.verdict).toMatchObject({ observed, hint: expect.stringMatching(hint) });
    }
  });

  test('and where there is nothing but silence, it is the database or Vault', async () => {
    const results = await look(smoke, { operator: never });
    expect(red(results)).toEqual(['operator-status']);
    expect(results[1]?.verdict).toMatchObject({
      observed: expect.stringMatching(/sent no answer within 2 s/),
      hint: expect.stringMatching(/database is away.*15 s.*Vault.*--request-timeout/),
    });
  });
});
