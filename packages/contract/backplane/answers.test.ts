import type { HttpAnswer } from '@meho/core/http/exchange';
import { describe, expect, test } from 'vitest';
import { hostOf, isOtherApplication, statusHint } from './answers.ts';
import type { Reply } from './backplane.ts';
import { versionMember } from './version-answer.ts';

const id = { 'x-request-id': 'one' };
const json = { 'content-type': 'application/json' };
const answer = (status: number, headers: HttpAnswer['headers'] = {}, body = '{}'): HttpAnswer => ({
  status,
  headers,
  body,
});

describe('a hint blames who has answered', () => {
  test.each<[string, HttpAnswer, RegExp]>([
    ['the ingress for its own 503', answer(503), /no ready backplane behind it/],
    [
      'the backplane for a 503 of its own',
      answer(503, id),
      /^kubectl -n meho logs -l \S*app\.kubernetes\.io\/instance=lab /,
    ],
    ['the ingress for its own 404', answer(404), /no Ingress leads this host to the backplane/],
    ['the build for a 404 of its own', answer(404, id), /the backplane itself has no such path/],
    ['whoever limits requests', answer(429), /limits requests/],
    ['a firewall', answer(403, { 'content-type': 'text/html' }), /a web page without X-Request-ID/],
    ['whoever redirects', answer(302, { location: '/login' }), /redirects are not followed/],
  ])('%s', (_, seen, hint) => {
    expect(statusHint(seen, { namespace: 'meho', release: 'lab' })).toMatch(hint);
  });
});

describe('what is not the backplane’s shows nothing of it', () => {
  test.each([403, 404, 429, 500, 502, 503, 302])('%d without an id', (status) => {
    expect(hostOf(answer(status))).toEqual({ host: 'gateway' });
    expect(hostOf(answer(status, id))).toEqual({});
  });
  test.each([200, 401])('but %d may be of one that has lost its ids', (status) => {
    expect(hostOf(answer(status, json))).toEqual({});
  });
  test('another application’s JSON at the health path', () => {
    expect(isOtherApplication(answer(200, json), { user: 'x' })).toBe(true);
    expect(isOtherApplication(answer(200, { ...json, ...id }), { user: 'x' })).toBe(false);
    expect(isOtherApplication(answer(200, json), { db: null })).toBe(false);
  });
  test('another application that answers at /version', () => {
    const other: Reply = { kind: 'answer', ...answer(200, json, '{"version":"11"}') };
    expect(versionMember({ namespace: 'meho', release: 'meho' }, 'a sha', other, 'git_sha')).toMatchObject({
      verdict: { host: 'gateway', hint: expect.stringContaining('something other than the backplane') },
    });
    const own: Reply = { kind: 'answer', ...answer(200, { ...json, ...id }, '{"build_date":"x"}') };
    expect(versionMember({ namespace: 'meho', release: 'meho' }, 'a sha', own, 'git_sha').kind).toBe('member');
  });
});
