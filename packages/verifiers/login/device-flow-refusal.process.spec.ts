import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createIssuerFixture,
  ISSUER,
  type IssuerFixture,
  refused,
  type Script,
  type ScriptedAnswer,
  TOKEN,
} from '../testing/scripted-issuer.ts';

vi.setConfig({ testTimeout: 30_000, maxConcurrency: 20 });

let issuers: IssuerFixture;

beforeAll(async () => {
  issuers = await createIssuerFixture();
});

afterAll(() => issuers[Symbol.asyncDispose]());

async function failure(script: Script): Promise<string> {
  await using issuer = await issuers.issuer(script);
  const { exitCode, out, lines } = await issuer.login(['--request-timeout=3', '--timeout=5']);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  const failed = lines.filter((line) => !line.startsWith('open '));
  expect(failed).toEqual([expect.stringMatching(/^\[FAIL\] login: expected .+; seen .+; (?:next|look first): .+/)]);
  return failed[0] ?? '';
}

const html: ScriptedAnswer = [
  200,
  '<!doctype html><title>Log in</title>',
  { 'content-type': 'text/html; charset=utf-8' },
];
/** As Keycloak 26.7 renders an error, without its styles. */
const sorry = (what: string) =>
  `<!DOCTYPE html><html class="login-pf" lang="en"><title>Sign in to meho</title><body data-page-id="login-error"><h1 id="kc-page-title">We are sorry...</h1><p class="instruction">${what}</p></body></html>`;
const token = (answer: ScriptedAnswer): Script => ({ token: () => answer });
const device = (answer: ScriptedAnswer): Script => ({ device: () => answer });
const discovery = (change: object): Script => ({ discovery: (good) => [200, { ...good, ...change }] });

describe.concurrent('each word has its own next step', () => {
  test.each<[string, Script, RegExp]>([
    ['refused in the browser', token(refused('access_denied')), /access_denied; .*run it again and confirm/],
    ['too late', token(refused('expired_token')), /expired_token; next: the code is over/],
    [
      'a user who is disabled',
      token(refused('invalid_grant', 'User disabled')),
      /"User disabled"\); next: have that user enabled.*changes nothing/,
    ],
    ['a user who is not set up', token(refused('invalid_grant', 'Account is not fully set up')), /enabled or set up/],
    [
      'a code that is used',
      token(refused('invalid_grant', 'Device code not valid')),
      /the code is used, revoked or unknown.*run it again/,
    ],
    [
      'a client that is not there',
      device([401, { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' }]),
      /check --client-id meho-cli: .*public/,
    ],
    [
      'a client with a secret',
      device([
        401,
        { error: 'unauthorized_client', error_description: 'Invalid client or Invalid client credentials' },
      ]),
      /login has no secret/,
    ],
    [
      'a client without the flow',
      device(
        refused(
          'unauthorized_client',
          'Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.',
        ),
      ),
      /let meho-cli use the device flow/,
    ],
    [
      'the same, of an older Keycloak',
      device(refused('invalid_grant', 'Client not allowed for OAuth 2.0 Device Authorization Grant')),
      /let meho-cli use the device flow/,
    ],
    [
      'the same, of Keycloak 26 to a poll',
      token(refused('invalid_grant', 'Client not allowed OAuth 2.0 Device Authorization Grant')),
      /let meho-cli use the device flow/,
    ],
    [
      'a realm that is switched off, to a poll',
      token([403, { error: 'access_denied', error_description: 'Realm not enabled' }]),
      /403 access_denied \("Realm not enabled"\); next: the realm is switched off.*Realm settings > Enabled/,
    ],
    [
      'another method of PKCE',
      device(refused('invalid_request', 'Invalid parameter: code challenge method is not matching the configured one')),
      /login sends PKCE by S256 always/,
    ],
    ['a token of another grant', token(refused('unsupported_grant_type')), /knows no device flow/],
    [
      'a scope',
      device(refused('invalid_scope', 'Invalid scopes: email')),
      /allow meho-cli the scopes openid, profile and email/,
    ],
    [
      'a request',
      device(refused('invalid_request', 'Missing parameter: acr')),
      /the issuer refuses the request as it is.*"?Missing|"Missing parameter: acr"/,
    ],
    ['DPoP, in the words of Keycloak', token(refused('invalid_request', 'DPoP proof is missing')), /switch DPoP off/],
    ['DPoP', token(refused('invalid_dpop_proof')), /switch DPoP off/],
    [
      'another word',
      token(refused('account_selection_required')),
      /account_selection_required; next: read the issuer's log/,
    ],
    ['a limit that stays', device([429, {}]), /429.*limits how often.*the issuer said 429 .* times/],
    [
      'trouble that stays',
      device([502, 'bad gateway', { 'content-type': 'text/plain' }]),
      /502 with text\/plain instead of JSON; .*in trouble/,
    ],
  ])('%s', async (_, script, line) => {
    expect(await failure(script)).toMatch(line);
  });
});

describe.concurrent('what is no answer of an issuer', () => {
  test.each<[string, Script, RegExp]>([
    [
      'HTML as discovery',
      { discovery: () => html },
      /200 with text\/html instead of JSON; .*a login page; check --issuer/,
    ],
    [
      'a Keycloak whose realm is switched off: its page',
      device([400, sorry('Realm not enabled'), { 'content-type': 'text/html;charset=utf-8' }]),
      /400 with text\/html instead of JSON; next: the realm is switched off.*Realm settings > Enabled/,
    ],
    [
      'the same in another language',
      device([400, sorry('Realm nicht aktiviert'), { 'content-type': 'text/html;charset=utf-8' }]),
      /open device_authorization_endpoint.*in a browser.*Realm settings > Enabled/,
    ],
    ['HTML as device code', device(html), /200 with text\/html instead of JSON/],
    ['HTML as token', token(html), /200 with text\/html instead of JSON/],
    ['JSON that is none', token([200, '{"access_token": "eyJ']), /a body that is no JSON object/],
    ['a list', token([200, '[1]']), /a body that is no JSON object/],
    ['nothing', token([200, '']), /200 with an empty body/],
    [
      'a redirect',
      token([302, '', { location: 'http://login.example.com/start?secret=1#x' }]),
      /302, a redirect to http:\/\/login\.example\.com\/start; next: redirects are not followed/,
    ],
    [
      'a redirect of the discovery document',
      { discovery: () => [301, '', { location: '/auth/realms/meho' }] },
      /301, a redirect to https:\/\/127\.0\.0\.1\/auth\/realms\/meho/,
    ],
    [
      '404',
      { discovery: () => [404, { error: 'Realm does not exist' }] },
      /404 "Realm does not exist"; next: check --issuer.*\/auth before \/realms/,
    ],
    ['405', token([405, {}]), /405/],
    [
      'a connection that ends',
      { device: () => (request) => request.socket.destroy() },
      /closed the connection before it answered; look first: the issuer, or what stands before it/,
    ],
    [
      'another protocol',
      {
        device: () => (request) =>
          request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      },
      /^\[FAIL\] login: .*101/,
    ],
    [
      'silence',
      { device: () => () => undefined },
      /sent no answer within 3 s; look first: the issuer, or what stands before it, hangs/,
    ],
    [
      'a megabyte and more',
      token([200, 'x'.repeat(1_100_000)]),
      /more than 1048576 bytes; look first: something else answers there: check --issuer/,
    ],
  ])('%s', async (_, script, line) => {
    expect(await failure(script)).toMatch(line);
  });
});

describe.concurrent('a discovery document', () => {
  test.each<[string, Script, RegExp]>([
    [
      'of another issuer',
      discovery({ issuer: 'https://elsewhere/realms/x' }),
      /it is for the issuer https:\/\/elsewhere\/realms\/x; next: check --issuer/,
    ],
    [
      'of another realm',
      discovery({ issuer: 'https://127.0.0.1/auth/realms/meho' }),
      /\(here --issuer=https:\/\/127\.0\.0\.1\/auth\/realms\/meho\)/,
    ],
    [
      'without an issuer',
      discovery({ issuer: undefined }),
      /fields device_authorization_endpoint, token_endpoint; next: check --issuer/,
    ],
    [
      'without a device flow',
      discovery({ device_authorization_endpoint: undefined }),
      /switch the device authorization grant on/,
    ],
    [
      'without a token endpoint',
      discovery({ token_endpoint: undefined }),
      /token_endpoint of the discovery document; seen none/,
    ],
    ['with a number', discovery({ token_endpoint: 7 }), /seen a number/],
  ])('%s', async (_, script, line) => {
    expect(await failure(script)).toMatch(line);
  });

  test.each<[string, Script]>([
    ['issuer', discovery({ issuer: 'http://127.0.0.1/realms/meho' })],
    ['token_endpoint', discovery({ token_endpoint: 'http://127.0.0.1/realms/meho/token' })],
    ['device_authorization_endpoint', discovery({ device_authorization_endpoint: 'http://127.0.0.1/device' })],
  ])("that names http as %s leads to the issuer's own settings, not to a flag that is refused", async (_, script) => {
    const line = await failure(script);
    expect(line).toMatch(/must know the https address.*--hostname=https.*--proxy-headers/);
    expect(line).not.toMatch(/--issuer/);
  });

  test('with a slash more is the same issuer', async () => {
    await using issuer = await issuers.issuer(discovery({ issuer: `${ISSUER}/` }));
    expect((await issuer.login()).exitCode).toBe(0);
  });

  test('is asked for again after trouble, and the last line says so', async () => {
    let count = 0;
    await using issuer = await issuers.issuer({
      discovery: (good) => {
        count += 1;
        return count === 1 ? [429, {}, { 'retry-after': '1' }] : [200, good];
      },
    });
    const { exitCode, lines } = await issuer.login();
    expect({ exitCode, last: lines.at(-1) }).toEqual({
      exitCode: 0,
      last: expect.stringMatching(/^\[ok\] logged in; the issuer said 429 once, answered after [1-9]\d*\.\d s$/),
    });
  });
});

describe.concurrent('a token', () => {
  test.each<[string, unknown, RegExp]>([
    ['of another type', { access_token: TOKEN, token_type: 'DPoP' }, /token_type "DPoP"; .*switch off what binds/],
    ['of a type that is no text', { access_token: TOKEN, token_type: 1 }, /token_type a number/],
    [
      'that is missing',
      { id_token: TOKEN, token_type: 'Bearer' },
      /200 without an access token: 200 with the fields id_token, token_type/,
    ],
    [
      'that no header can carry',
      { access_token: 'not a token' },
      /200 without an access token that a header can carry/,
    ],
    ['that breaks the line', { access_token: `${TOKEN}\nx` }, /a header can carry/],
    ['of a megabyte', { access_token: 'e'.repeat(500_000) }, /\(500000 characters\)/],
  ])('%s is none', async (_, body, line) => {
    expect(await failure(token([200, body]))).toMatch(line);
  });

  const claims = (value: object) => `e30.${Buffer.from(JSON.stringify(value)).toString('base64url')}.c2ln`;
  test.each<[string, string, RegExp]>([
    ['opaque', 'Zm9vYmFy', /the token is opaque.*will answer 401/],
    ['encrypted', 'e30.a.b.c.d', /the token is encrypted.*signed JWTs/],
    [
      'lightweight',
      claims({ iss: 'https://127.0.0.1/realms/meho', typ: 'Bearer', azp: 'meho-cli', scope: 'openid email profile' }),
      /neither an audience nor a sub.*Always use lightweight access token off/,
    ],
    ['for no audience', claims({ sub: 'a' }), /for no audience.*audience mapper/],
    ["for Keycloak's own audience", claims({ aud: 'account' }), /account alone.*audience mapper/],
  ])('that is %s is given, with a warning', async (_, access_token, warning) => {
    await using issuer = await issuers.issuer(token([200, { access_token, token_type: 'bearer' }]));
    const { exitCode, out, lines } = await issuer.login();
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: `${access_token}\n` });
    expect(lines.slice(1)).toEqual([expect.stringMatching(warning), '[ok] logged in']);
  });
});

describe.concurrent('text of the issuer', () => {
  test.each([
    ['User ada.op@example.com is disabled', 'User [mail] is disabled'],
    ['Ada <ada@example.com>', 'Ada <[mail]>'],
    ['see https://user:pa55@idp.example.com/x', 'see https://[mail]/x'],
    ['ref 0f7a2c1e-11d2-4c1b-9a55-7f0e6f0a1b2c, see https://idp.example.com/help', undefined],
    ['token 3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA refused', 'token 3q2+[secret] refused'],
    [`token ${TOKEN} refused`, 'token [secret] refused'],
  ])('tells neither who logged in nor with what: %s', async (text, shown) => {
    const line = await failure(token(refused('access_denied', text)));
    expect(line).toContain(`access_denied ("${shown ?? text}")`);
  });

  test.each([
    '\n::error::forged',
    '\n[ok] logged in',
    '\u001b[2J\u001b]0;x\u0007',
    '##[error]forged',
    '\u2028::set-output name=x::y',
    '\u202eevil',
    'x'.repeat(900_000),
  ])('can not forge a line: %j', async (text) => {
    for (const script of [
      token(refused('access_denied', text)),
      device(refused(text, text)),
      discovery({ issuer: text }),
      token([200, { [text]: 1 }]),
      token([302, '', { location: `https://x/${encodeURI(text.slice(0, 5000))}` }]),
    ]) {
      const line = await failure(script);
      expect(line).not.toMatch(/##\[|\p{Cc}|\p{Cf}|\p{Zl}/u);
      expect(line.length).toBeLessThan(1000);
    }
  });
});
