import { describe, expect, test } from 'vitest';
import { checkIdsWith } from './registry.ts';
import {
  huge,
  install,
  look,
  never,
  red,
  reset,
  rollback,
  seen,
  smoke,
  unauthenticated,
} from './testing/ask-checks.ts';
import { type Faults, HEALTHY, json, STUB_SHA, text } from './testing/stub-backplane.ts';

describe('a healthy backplane', () => {
  test.each([
    ['install-verify', install],
    ['smoke', smoke],
    ['rollback-verify', rollback],
  ] as const)('%s: what can be looked at holds, the rest says why not', async (name, checks) => {
    const results = await look(checks, {});
    expect(red(results), 'packages/contract/testing/stub-backplane.ts must answer what each check asks').toEqual([]);
    expect(results.filter(({ verdict }) => verdict.outcome === 'holds').map(({ check }) => check.id)).toEqual(
      checkIdsWith(name, ['https', 'token']).filter((id) => id !== 'budget'),
    );
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
  [
    { git_sha: 'abcdef0123' },
    /^another build answers: .* shows image\.tag, and image\.digest, which wins over it; .*an earlier one may still run$/,
  ],
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
