import { beforeAll, describe, expect, test } from 'vitest';
import { type Authority, createAuthority } from '../ingress/authority.ts';
import { Backplane } from './backplane.ts';
import { type Check, fails, type Result } from './check.ts';
import { installChecks, rollbackChecks, smokeChecks, unauthenticatedChecks } from './checks.ts';
import { runChecks } from './run-checks.ts';
import { Secret } from './secret.ts';
import {
  type Behaviour,
  type Faults,
  HEALTHY,
  json,
  STUB_HOST,
  STUB_REQUEST_ID,
  STUB_SHA,
  STUB_TOKEN,
  serveStub,
  text,
} from './testing/stub-backplane.ts';

const subject = { namespace: 'meho', release: 'meho' };
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

const install = installChecks({
  subject,
  expectedGitSha: STUB_SHA.slice(0, 12),
  startedAt: undefined,
  enforceBudget: false,
});
const smoke = smokeChecks({ subject, startedAt: undefined, enforceBudget: false, skipLogin: false });
const unauthenticated = unauthenticatedChecks(subject);
const rollback = rollbackChecks({ subject, gitSha: STUB_SHA, columns: ['payload_summary'] });

/** Long enough for a machine that is busy with other tests: only the case that never answers waits it out. */
const answerDeadlineMs = 2000;

async function look(checks: readonly Check[], faults: Faults, routedWithinMs = 0): Promise<readonly Result[]> {
  await using server = await serveStub(authority, faults);
  using https = new Backplane({
    origin: new URL(`https://${STUB_HOST}`),
    ca: [authority.certificatePem],
    connectTo: { host: '127.0.0.1', port: server.port },
    deadlineMs: answerDeadlineMs,
    routedWithinMs,
  });
  const missing = { cluster: 'no cluster here', database: 'no database here' };
  return await runChecks(
    checks,
    { given: { https, token: new Secret(STUB_TOKEN) }, missing },
    { signal: AbortSignal.timeout(30_000) },
  );
}

function red(results: readonly Result[]): readonly string[] {
  return results.filter(({ verdict }) => fails(verdict)).map(({ check }) => check.id);
}

function seen(results: readonly Result[], id: string): string {
  const verdict = results.find(({ check }) => check.id === id)?.verdict;
  return verdict !== undefined && 'observed' in verdict ? verdict.observed : String(verdict?.outcome);
}

/** Why checks were not made, by id. */
function notes(results: readonly Result[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    results.flatMap(({ check, verdict }) => (verdict.outcome === 'skipped' ? [[check.id, verdict.reason]] : [])),
  );
}

const never: Behaviour = () => undefined;
const reset: Behaviour = (request) => request.socket.destroy();
const huge: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('x'.repeat(1_100_000));
};

describe('a healthy backplane', () => {
  test.each([
    ['install-verify', install, ['healthz', 'version', 'anonymous-refused', 'request-id', 'operator-accepted']],
    ['smoke', smoke, ['login', 'operator-status', 'vault-readable', 'migrated']],
    ['rollback-verify', rollback, ['healthz', 'version', 'anonymous-refused']],
  ])('%s: what can be looked at holds, the rest says why not', async (_, checks, green) => {
    const results = await look(checks, {});
    expect(red(results)).toEqual([]);
    expect(results.filter(({ verdict }) => verdict.outcome === 'holds').map(({ check }) => check.id)).toEqual(green);
  });
});

describe('each fault turns its own check red and no other', () => {
  test.each<[string, Faults, readonly string[], RegExp]>([
    ['healthz answers 500', { '/healthz': json(500, {}) }, ['healthz'], /^500$/],
    [
      'healthz redirects',
      { '/healthz': json(308, {}, { location: 'https://x.example.com/' }) },
      ['healthz'],
      /^308, a redirect to https:\/\/x/,
    ],
    ['healthz never answers', { '/healthz': never }, ['healthz'], /no answer within 2 s/],
    ['healthz has a huge body', { '/healthz': huge }, ['healthz'], /more than 1048576 bytes/],
    ['healthz is reset', { '/healthz': reset }, ['healthz'], /closed the connection/],
    [
      'version of another build',
      { '/version': json(200, { git_sha: 'abcdef0123' }) },
      ['version'],
      /^git_sha abcdef0123$/,
    ],
    [
      'version unknown',
      { '/version': json(200, { git_sha: 'unknown' }) },
      ['version'],
      /"unknown", which is no git sha/,
    ],
    ['version empty', { '/version': json(200, { git_sha: '' }) }, ['version'], /"", which is no git sha/],
    ['version too short', { '/version': json(200, { git_sha: STUB_SHA.slice(0, 6) }) }, ['version'], /no git sha/],
    ['version a number', { '/version': json(200, { git_sha: 3 }) }, ['version'], /3, which is not a string/],
    ['version without git_sha', { '/version': json(200, {}) }, ['version'], /no git_sha/],
    ['version is HTML', { '/version': text(200, '<p>') }, ['version'], /content type text\/html/],
    [
      'version is broken JSON',
      { '/version': text(200, '{"git', { 'content-type': 'application/json' }) },
      ['version'],
      /not valid JSON/,
    ],
    ['version is a list', { '/version': json(200, []) }, ['version'], /an array instead of a JSON object/],
    ['version is 404', { '/version': json(404, {}) }, ['version'], /^404$/],
    [
      'authentication is open',
      { anonymous: json(200, HEALTHY, { 'x-request-id': 'a' }) },
      ['anonymous-refused'],
      /authentication is open/,
    ],
    [
      'the backplane is down',
      { anonymous: json(503, {}, { 'x-request-id': 'a' }) },
      ['anonymous-refused'],
      /503: the backplane is down/,
    ],
    [
      'forbidden instead of unauthorized',
      { anonymous: json(403, {}, { 'x-request-id': 'a' }) },
      ['anonymous-refused'],
      /^403$/,
    ],
    ['no request id', { anonymous: json(401, {}) }, ['request-id'], /no such header/],
    ['empty request id', { anonymous: json(401, {}, { 'x-request-id': ' ' }) }, ['request-id'], /an empty one/],
    [
      'the token is refused',
      { operator: json(401, { detail: 'token_expired' }) },
      ['operator-accepted'],
      /^401 token_expired$/,
    ],
    [
      'the role is missing',
      { operator: json(403, { detail: 'insufficient_role' }) },
      ['operator-accepted'],
      /^403 insufficient_role$/,
    ],
  ])('install-verify: %s', async (_, faults, expected, observed) => {
    const results = await look(install, faults);
    expect(red(results)).toEqual(expected);
    expect(seen(results, expected[0] ?? '')).toMatch(observed);
  });

  const operator = (change: object): Faults => ({ operator: json(200, { ...HEALTHY, ...change }) });
  test.each<[string, Faults, readonly string[], RegExp]>([
    [
      'insufficient role',
      { operator: json(403, { detail: 'insufficient_role' }) },
      ['operator-status'],
      /403 insufficient_role/,
    ],
    ['no sub', operator({ operator: {} }), ['operator-status'], /no operator.sub/],
    ['empty sub', operator({ operator: { sub: ' ' } }), ['operator-status'], /no operator.sub/],
    [
      'Vault unreachable',
      operator({ vault: { reachable: false, read_ok: true } }),
      ['vault-readable'],
      /\.vault\.reachable is false/,
    ],
    [
      'Vault not read',
      operator({ vault: { reachable: true, read_ok: false, detail: 'read_failed: Forbidden' } }),
      ['vault-readable'],
      /\.vault\.read_ok is false \(read_failed: Forbidden\)/,
    ],
    [
      'Vault true as text',
      operator({ vault: { reachable: 'true', read_ok: true } }),
      ['vault-readable'],
      /the text "true"/,
    ],
    ['Vault true as number', operator({ vault: { reachable: 1, read_ok: true } }), ['vault-readable'], /is 1/],
    [
      'Vault member missing',
      operator({ vault: { reachable: true } }),
      ['vault-readable'],
      /\.vault\.read_ok is missing/,
    ],
    ['not migrated', operator({ db: { migrated: false } }), ['migrated'], /\.db\.migrated is false/],
    ['migrated missing', operator({ db: {} }), ['migrated'], /\.db\.migrated is missing/],
  ])('smoke: %s', async (_, faults, expected, observed) => {
    const results = await look(smoke, faults);
    expect(red(results)).toEqual(expected);
    expect(seen(results, expected[0] ?? '')).toMatch(observed);
  });
});

test.each([
  [{ git_sha: 5349 }, /it was a commit until it was taken for a number: .*quotes/],
  [{ git_sha: '5349' }, /it was a commit until it was taken for a number: .*--set-string/],
  [{ git_sha: 'unknown' }, /^the image was built without GIT_SHA/],
  [{ git_sha: 'abcdef0123' }, /^another build answers: .*an earlier one may still run$/],
])('/version that says %j: the hint', async (told, hint) => {
  const results = await look(install, { '/version': json(200, told) });
  const verdict = results.find(({ check }) => check.id === 'version')?.verdict;
  expect(verdict).toMatchObject({ outcome: 'violated', hint: expect.stringMatching(hint) });
});

describe('the four assertions without a token', () => {
  const told = { git_sha: STUB_SHA, chart_version: '0.1.0' };
  const version = (body: object): Faults => ({ '/version': json(200, body) });

  test('hold for a backplane that tells what it is', async () => {
    const results = await look(unauthenticated, version(told));
    expect(results.map(({ verdict }) => verdict.outcome)).toEqual(['holds', 'holds', 'holds', 'holds']);
  });

  test.each<[string, Faults, readonly string[], RegExp]>([
    ['healthz is 503', { ...version(told), '/healthz': json(503, {}) }, ['healthz'], /^503$/],
    ['no commit', version({ ...told, git_sha: undefined }), ['version-tells-git-sha'], /no git_sha/],
    ['an unknown commit', version({ ...told, git_sha: 'unknown' }), ['version-tells-git-sha'], /"unknown"/],
    ['no chart version', version({ ...told, chart_version: null }), ['version-tells-chart-version'], /null/],
    ['an empty chart version', version({ ...told, chart_version: ' ' }), ['version-tells-chart-version'], /" "/],
    ['open authentication', { ...version(told), anonymous: json(200, HEALTHY) }, ['anonymous-refused'], /is open/],
  ])('%s', async (_, faults, expected, observed) => {
    const results = await look(unauthenticated, faults);
    expect(red(results)).toEqual(expected);
    expect(seen(results, expected[0] ?? '')).toMatch(observed);
  });
});

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

describe('an ingress controller that knows of no backplane yet', () => {
  const id = { 'x-request-id': 'b7e1f0aa-0000-4000-8000-000000000002' };
  const lateBy =
    (unrouted: number, status: number, then: Behaviour): Behaviour =>
    (request, response) => {
      unrouted -= 1;
      (unrouted < 0 ? then : text(status, 'no backend'))(request, response);
    };
  const late = (unrouted: number, status: number, operator: Behaviour): Faults => ({
    '/healthz': lateBy(unrouted, status, json(200, { status: 'ok' }, id)),
    '/version': lateBy(unrouted, status, json(200, { git_sha: STUB_SHA }, id)),
    anonymous: lateBy(unrouted, status, json(401, { detail: 'missing_token' }, id)),
    operator,
  });

  test.each([404, 502, 503, 504])('and answers %i by itself is waited for, and the line says so', async (status) => {
    let authenticated = 0;
    const operator: Behaviour = (request, response) => {
      authenticated += 1;
      json(200, HEALTHY, id)(request, response);
    };
    const results = await look(install, late(2, status, operator), 10_000);
    expect(red(results)).toEqual([]);
    expect(seen(results, 'healthz')).toMatch(/^200 after 0\.\d s of answers that were not the backplane's$/);
    expect(authenticated).toBe(1);
  });

  test('nor ever will is red once its time is over', async () => {
    const results = await look(install, late(Number.POSITIVE_INFINITY, 502, json(200, HEALTHY, id)), 500);
    expect(red(results)).toEqual(['healthz']);
    expect(notes(results)).toMatchObject({
      version: expect.stringMatching(/^not made: healthz failed, which explains it \(seen 502 after/),
      'anonymous-refused': expect.stringContaining('healthz failed, which explains it'),
      'request-id': expect.stringContaining('healthz failed, which explains it'),
    });
    expect(seen(results, 'healthz')).toMatch(/^502 after 0\.\d s of answers that were not/);
  });

  test('is not blamed for what the backplane says itself: that is asked once', async () => {
    let asked = 0;
    const sick: Behaviour = (request, response) => {
      asked += 1;
      json(503, {}, id)(request, response);
    };
    expect(red(await look(install, { '/healthz': sick }, 10_000))).toEqual(['healthz']);
    expect(asked).toBe(1);
  });
});

test('a detail of Vault that is a sentence is not shown', async () => {
  const results = await look(smoke, {
    operator: json(200, { ...HEALTHY, vault: { reachable: true, read_ok: true, detail: 'hvs.secret token leaked' } }),
  });
  expect(seen(results, 'vault-readable')).not.toContain('hvs.');
});

test('a replica of another build that answers now and then fails a rollback', async () => {
  let asked = 0;
  const results = await look(rollback, {
    '/version': (request, response) => {
      asked += 1;
      json(200, { git_sha: asked % 3 === 0 ? 'abcdef0123' : STUB_SHA })(request, response);
    },
  });
  expect(red(results)).toEqual(['version']);
});

describe('what is not the backplane’s', () => {
  const login = text(200, '<form>Log in</form>');

  test('a login page for every path is one failure that says so, and no open authentication', async () => {
    const faults: Faults = { '/healthz': login, '/version': login, anonymous: login, operator: login };
    const results = await look(install, faults);
    expect(red(results)).toEqual(['healthz']);
    expect(seen(results, 'healthz')).toBe("200 with a web page, which is not the backplane's");
    expect(Object.keys(notes(results))).toEqual(
      expect.arrayContaining(['version', 'anonymous-refused', 'request-id', 'operator-accepted']),
    );
  });

  test('a login page in front of the health path alone is told apart from an open door', async () => {
    const results = await look(install, { anonymous: login, operator: login });
    expect(red(results)).toEqual(['anonymous-refused', 'operator-accepted']);
    expect(seen(results, 'anonymous-refused')).toMatch(/web page/);
    expect(seen(results, 'operator-accepted')).toMatch(/web page/);
  });

  test('a login page with a token is a failure of leg 2 that says so, not a defect', async () => {
    const results = await look(smoke, { operator: login });
    expect(red(results)).toEqual(['operator-status']);
    expect(seen(results, 'operator-status')).toMatch(/web page/);
  });

  test('a gateway’s answer to one path is that path’s own failure where the others answer', async () => {
    expect(red(await look(install, { '/version': json(503, {}) }))).toEqual(['version']);
  });
});

test('one authenticated request a run', async () => {
  let asked = 0;
  await look(smoke, {
    operator: (request, response) => {
      asked += 1;
      json(200, HEALTHY)(request, response);
    },
  });
  expect(asked).toBe(1);
});

test('every check that another names is in its list', () => {
  for (const checks of [install, smoke, rollback, unauthenticated]) {
    const ids = new Set(checks.map(({ id }) => id));
    expect(ids.size).toBe(checks.length);
  }
  const known = new Set([...install, ...smoke, ...rollback].map(({ id }) => id));
  for (const { after = [], explainedBy = [] } of [...install, ...smoke, ...rollback]) {
    expect([...after, ...explainedBy].filter((id) => !known.has(id))).toEqual([]);
  }
});
