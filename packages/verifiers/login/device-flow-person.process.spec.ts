import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createIssuerFixture,
  DEVICE_CODE,
  ISSUER,
  type IssuerFixture,
  pending,
  refused,
  TOKEN,
} from '../testing/scripted-issuer.ts';

// Real intervals take seconds, so all tests run at once.
vi.setConfig({ testTimeout: 30_000, maxConcurrency: 20 });

let issuers: IssuerFixture;

beforeAll(async () => {
  issuers = await createIssuerFixture();
});

afterAll(() => issuers[Symbol.asyncDispose]());

describe.concurrent('how long the person has', () => {
  test.each([
    ["the issuer's, where that is shorter", { expires_in: 15 }, '60', 'within 15 s'],
    ['ours, where that is shorter', { expires_in: 600 }, '300', 'within 5 min'],
    ['ours, where that is longer than the issuer says', { expires_in: 600 }, '3600', 'within 10 min'],
    ['rounded down', { expires_in: 599 }, '3600', 'within 9 min'],
    ['as text', { expires_in: '90' }, '300', 'within 90 s'],
    ['no number', { expires_in: 'soon' }, '300', 'within 5 min'],
    ['none', { expires_in: undefined }, '300', 'within 5 min'],
    ['huge', { expires_in: 1e300 }, '300', 'within 5 min'],
  ])('%s', async (_, change, timeout, said) => {
    await using issuer = await issuers.issuer({ device: (good) => [200, { ...good, ...change }] });
    const { exitCode, lines } = await issuer.login([`--timeout=${timeout}`]);
    expect({ exitCode, line: lines[0] }).toEqual({ exitCode: 0, line: expect.stringContaining(` ${said}, `) });
  });

  test('a code is polled for the last time before it is over', async () => {
    await using issuer = await issuers.issuer({
      device: (good) => [200, { ...good, expires_in: 7, interval: 5 }],
      token: () => pending,
    });
    const { exitCode, err, tookMs } = await issuer.login(['--timeout=60']);
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: expect.stringMatching(/confirmed within \d s; seen nobody/),
    });
    // At its interval it would be polled after 10 s.
    expect(tookMs).toBeLessThan(9_000);
  });

  test.each([0, -5])('one that is good for %i s is over before it is shown', async (expires_in) => {
    await using issuer = await issuers.issuer({ device: (good) => [200, { ...good, expires_in }] });
    const { exitCode, lines } = await issuer.login();
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [expect.stringMatching(`expires_in ${expires_in};`)] });
  });
});

describe.concurrent('what the person is asked', () => {
  test('the link with the code in it, which may never show that', async () => {
    await using issuer = await issuers.issuer();
    const { lines } = await issuer.login();
    expect(lines[0]).toBe(
      `open ${ISSUER}/v?user_code=ABCD-EFGH within 5 min, log in and confirm; if a page shows a code, it must be ABCD-EFGH; by hand: ${ISSUER}/v asks for it`,
    );
  });

  test.each([
    ['where there is no such link', undefined],
    ['where that is not encrypted', 'http://127.0.0.1/v?user_code=ABCD-EFGH'],
    ['where that is no link', 'javascript:alert(1)'],
  ])('to type the code, %s', async (_, verification_uri_complete) => {
    await using issuer = await issuers.issuer({ device: (good) => [200, { ...good, verification_uri_complete }] });
    const { lines } = await issuer.login();
    expect(lines[0]).toBe(`open ${ISSUER}/v within 5 min, enter the code ABCD-EFGH, log in and confirm`);
  });

  test.each([
    'http://127.0.0.1/v',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://user:pass@127.0.0.1/v',
    'not a link',
    '',
    `https://127.0.0.1/${'a'.repeat(1_000_00)}`,
    42,
  ])('nothing, where the link is %j', async (verification_uri) => {
    await using issuer = await issuers.issuer({
      device: (good) => [200, { ...good, verification_uri, verification_uri_complete: undefined }],
    });
    const { exitCode, lines } = await issuer.login();
    expect({ exitCode, lines }).toEqual({
      exitCode: 1,
      lines: [expect.stringMatching(/^\[FAIL\] login: expected an https link as verification_uri/)],
    });
    expect(lines[0]?.length).toBeLessThan(700);
  });

  test('a link is written so that no sign of it does anything here', async () => {
    await using issuer = await issuers.issuer({
      device: (good) => [200, { ...good, verification_uri_complete: 'https://127.0.0.1/v\u001b[2J\u202e?a=b c' }],
    });
    const { lines } = await issuer.login();
    expect(lines[0]).toMatch(/^open https:\/\/127\.0\.0\.1\/v%1B\[2J%E2%80%AE\?a=b%20c within/);
  });

  test.each(['U\n[ok] logged in\u001b[2J', 'A'.repeat(1_000_00), '\u202eABCD'])(
    'no code that can not be typed',
    async (user_code) => {
      await using issuer = await issuers.issuer({ device: (good) => [200, { ...good, user_code }] });
      const { exitCode, lines } = await issuer.login();
      expect({ exitCode, lines }).toEqual({
        exitCode: 1,
        lines: [expect.stringMatching(/^\[FAIL\] login: expected a user_code/)],
      });
      expect(lines[0]?.length).toBeLessThan(500);
    },
  );

  test('no code and no secret of the tool in any line', async () => {
    await using issuer = await issuers.issuer({
      token: (polls) => refused('access_denied', `${DEVICE_CODE} ${polls[0]?.form.get('code_verifier')} ${TOKEN}`),
    });
    const { err } = await issuer.login();
    expect(err).toMatch(/access_denied \("\[secret\] \[secret\] \[secret\]"\)/);
  });
});
