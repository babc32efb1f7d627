import { describe, expect, test } from 'vitest';
import { hintOf, install, look, notes, red, rollback, seen, smoke } from './testing/ask-checks.ts';
import { type Behaviour, type Faults, HEALTHY, json, STUB_SHA, text } from './testing/stub-backplane.ts';

const id = { 'x-request-id': 'b7e1f0aa-0000-4000-8000-000000000002' };

describe('an ingress controller that knows of no backplane yet', () => {
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
    expect(seen(results, 'healthz')).toMatch(/^200 after \d+\.\d s of answers that were not the backplane's$/);
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
    expect(seen(results, 'healthz')).toMatch(/^502 after \d+\.\d s of answers that were not/);
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

describe('what is not the backplane’s', () => {
  const challenge =
    (scheme: string): Behaviour =>
    (_, response) =>
      response.writeHead(401, { 'content-type': 'text/plain', 'www-authenticate': scheme }).end('401 Unauthorized');
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

  test.each<[string, Behaviour, RegExp]>([
    [
      'Traefik',
      challenge('Basic realm="traefik"'),
      /^401 that asks for a login by Basic, which is not the backplane's$/,
    ],
    ['a web server', challenge('Negotiate'), /by Negotiate/],
    ['nginx, by a web page', text(401, '<h1>401', { 'www-authenticate': 'Basic' }), /^401 with a web page/],
  ])('a login of %s is no refusal by the backplane, and no fault of the token', async (_, gate, observed) => {
    const before = await look(install, { '/healthz': gate, '/version': gate, anonymous: gate, operator: gate });
    expect(red(before)).toEqual(['healthz']);
    const results = await look(rollback, { anonymous: gate });
    expect(red(results)).toEqual(['anonymous-refused']);
    expect(seen(results, 'anonymous-refused')).toMatch(observed);
    expect(hintOf(await look(smoke, { operator: gate }), 'operator-status')).toMatch(/a login/);
  });

  test('a 401 that asks for a bearer token is the backplane’s', async () => {
    const own = json(401, { detail: 'missing_token' }, { 'www-authenticate': 'Bearer' });
    expect(red(await look(rollback, { anonymous: own }))).toEqual([]);
  });

  test('an open door is told from another application behind it', async () => {
    const other = await look(rollback, { anonymous: json(200, { status: 'welcome' }) });
    expect(red(other)).toEqual(['anonymous-refused']);
    expect(seen(other, 'anonymous-refused')).toBe('200 with JSON that has no member of it, and no X-Request-ID');
    for (const open of [json(200, HEALTHY), json(200, {}, id)]) {
      expect(seen(await look(rollback, { anonymous: open }), 'anonymous-refused')).toMatch(/authentication is open/);
    }
  });

  test('the page with which an ingress controller says 503 is no login page', async () => {
    const results = await look(smoke, { operator: text(503, '<h1>503 Service Temporarily Unavailable') });
    expect(red(results)).toEqual(['operator-status']);
    expect(hintOf(results, 'operator-status')).toMatch(/no ready backplane behind it/);
  });

  test('a build that a cache remembers is not blamed on replicas', async () => {
    const old = (headers: Record<string, string>) => json(200, { git_sha: 'a'.repeat(40) }, { ...id, ...headers });
    expect(hintOf(await look(install, { '/version': old({ age: '4000' }) }), 'version')).toMatch(/comes from a cache/);
    expect(hintOf(await look(install, { '/version': old({}) }), 'version')).toMatch(/another build answers/);
  });

  test('a gateway’s answer to one path is that path’s own failure where the others answer', async () => {
    expect(red(await look(install, { '/version': json(503, {}) }))).toEqual(['version']);
  });
});
