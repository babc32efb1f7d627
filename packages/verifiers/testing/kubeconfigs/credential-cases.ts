import { base64, type KubeconfigCase, kubeconfig, SECRET, single } from './kubeconfig-case.ts';
import type { KubeconfigFixture } from './kubeconfig-fixture.ts';

export function credentialCases(fixture: KubeconfigFixture): readonly KubeconfigCase[] {
  const user = (name: string, fields: object, more: Partial<KubeconfigCase> = {}) =>
    single(name, kubeconfig(fixture, fields), more);
  const { certificatePem: cert, privateKeyPem: key } = fixture.client;
  const pair = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  const oidc = (config: object) => ({
    'auth-provider': {
      name: 'oidc',
      config: { 'idp-issuer-url': 'https://issuer.invalid', 'client-id': 'kube', ...config },
    },
  });
  const files = { 'alice.crt': cert, 'alice.key': key };
  return [
    user('a token', { token: SECRET }),
    user('a token with blanks around it', { token: ` ${SECRET} ` }),
    user('a token in another alphabet', { token: `tökən-${SECRET}` }),
    user('a token with a line break', { token: `${SECRET}\n` }, { refused: 'token' }),
    single('a token as a number', kubeconfig(fixture, {}).replace('user: {}', 'user: { token: 1234567 }'), {
      refused: 'token',
    }),
    single('a token with an exponent', kubeconfig(fixture, {}).replace('user: {}', 'user: { token: 12e4567 }')),
    single('a token with a small exponent', kubeconfig(fixture, {}).replace('user: {}', 'user: { token: 12e45 }'), {
      refused: 'token',
    }),
    single('a token as yes', kubeconfig(fixture, {}).replace('user: {}', 'user: { token: yes }'), { refused: 'token' }),
    single('a token as a time of day', kubeconfig(fixture, {}).replace('user: {}', 'user: { token: 12:30:45 }')),
    single('a token as a date', kubeconfig(fixture, {}).replace('user: {}', 'user: { token: 2026-11-30 }')),
    single(
      'a token under an unknown tag',
      kubeconfig(fixture, {}).replace('user: {}', `user: { token: !vault ${SECRET} }`),
    ),
    single('a token as a list', kubeconfig(fixture, {}).replace('user: {}', 'user: { token: [a] }'), {
      refused: 'token',
    }),
    user('a token that is null beside a password', { token: null, username: 'alice', password: SECRET }),
    user('a token file', { tokenFile: 'token' }, { files: { token: `${SECRET}\n` } }),
    user('a token file in a folder', { tokenFile: './secrets/token' }, { files: { 'secrets/token': SECRET } }),
    user('a token file goes before a token', { tokenFile: 'token', token: 'other' }, { files: { token: SECRET } }),
    user('a token file with a byte order mark', { tokenFile: 'token' }, { files: { token: `\ufeff${SECRET}` } }),
    user(
      'a token file with blanks of all kinds',
      { tokenFile: 'token' },
      { files: { token: `\u00a0${SECRET}\u0085\r\n` } },
    ),
    user(
      'a token file in Latin-1',
      { tokenFile: 'token' },
      {
        files: { token: Buffer.from(`tök-${SECRET}`, 'latin1') },
        refused: 'tokenFile',
        kubectlTakes: 'no such token is a good one, and the bytes would be guessed',
      },
    ),
    user('a token where the file is empty', { tokenFile: 'token', token: SECRET }, { files: { token: '' } }),
    user('a token where the file is missing', { tokenFile: 'token', token: SECRET }),
    user('a token file that is empty', { tokenFile: 'token' }, { files: { token: '' }, refused: 'tokenFile' }),
    user('a token file that is missing', { tokenFile: 'token' }, { refused: 'tokenFile' }),
    user('a token where its file belongs', { tokenFile: SECRET }, { refused: 'tokenFile' }),
    user('a token file that is a folder', { tokenFile: '.' }, { refused: 'tokenFile' }),
    user('token-file, which is no member', { 'token-file': 'token', token: SECRET }),
    user('a name and a password', { username: 'alice', password: SECRET }),
    user('a name with an empty password', { username: 'alice', password: '' }),
    user('a password without a name', { password: SECRET }, { refused: 'no credentials' }),
    user('a password without a name beside a token', { password: SECRET, token: SECRET }, { refused: 'token' }),
    user(
      'a password without a name beside a token file',
      { password: SECRET, tokenFile: 'token' },
      { files: { token: SECRET } },
    ),
    user('an empty name beside a token', { username: '', password: '', token: SECRET }),
    user('a name that is null beside a token', { username: null, password: null, token: SECRET }),
    user('a name in another alphabet', { username: 'jörg', password: `pä:ss-${SECRET}` }),
    user('a name and a token', { username: 'alice', password: 'x', token: SECRET }, { refused: 'token' }),
    user(
      'a name and a token file',
      { username: 'alice', tokenFile: 'token' },
      { files: { token: SECRET }, refused: 'token' },
    ),
    user('no credentials', {}, { refused: 'no credentials' }),
    user('a client certificate as data', pair),
    user('a client certificate as files', { 'client-certificate': 'alice.crt', 'client-key': 'alice.key' }, { files }),
    user(
      'a certificate as data, its key as a file',
      { ...pair, 'client-key-data': '', 'client-key': 'alice.key' },
      { files },
    ),
    user('a client certificate and a token', { ...pair, token: SECRET }),
    user('a client certificate and a password', { ...pair, username: 'alice', password: SECRET }),
    user('a key alone counts for nothing beside a token', { 'client-key-data': base64(key), token: SECRET }),
    user(
      'a certificate after its key in one file',
      { 'client-certificate': 'both', 'client-key': 'both' },
      {
        files: { both: `${key}${cert}\n` },
      },
    ),
    user(
      'a certificate with words before it',
      { 'client-certificate': 'c', 'client-key': 'k' },
      {
        files: { c: `subject=CN alice\nissuer=CN alice\n${cert}\n`, k: `Bag Attributes\n${key}` },
      },
    ),
    user(
      'a certificate with CRLF',
      { 'client-certificate': 'c', 'client-key': 'k' },
      {
        files: { c: cert.replaceAll('\n', '\r\n'), k: key.replaceAll('\n', '\r\n') },
      },
    ),
    user('a certificate without a key', { 'client-certificate-data': base64(cert) }, { refused: 'client-key' }),
    user(
      "somebody else's key",
      { ...pair, 'client-key-data': base64(fixture.stranger.privateKeyPem) },
      { refused: 'client-key' },
    ),
    user(
      'a certificate as data and as a file',
      { ...pair, 'client-certificate': 'alice.crt' },
      { files, refused: 'client-certificate' },
    ),
    user('a key as data and as a file', { ...pair, 'client-key': 'alice.key' }, { files, refused: 'client-key' }),
    user(
      'a certificate file that is missing',
      { 'client-certificate': 'alice.crt', 'client-key': 'alice.key' },
      {
        refused: 'client-certificate',
      },
    ),
    user(
      'a certificate that is none',
      { ...pair, 'client-certificate-data': base64('hello') },
      { refused: 'client-certificate' },
    ),
    user(
      'a certificate in PEM without base64',
      { ...pair, 'client-certificate-data': cert },
      { refused: 'client-certificate-data' },
    ),
    user(
      'a certificate in base64 for URLs',
      { ...pair, 'client-certificate-data': Buffer.from(`${cert}>>>???`).toString('base64url') },
      {
        refused: 'client-certificate-data',
      },
    ),
    user('a certificate in base64 of several lines', {
      ...pair,
      'client-certificate-data': base64(cert).replaceAll(/.{76}/g, '$&\n'),
    }),
    user(
      'a certificate in base64 with blanks',
      { ...pair, 'client-certificate-data': base64(cert).replaceAll(/.{76}/g, '$& ') },
      {
        refused: 'client-certificate-data',
      },
    ),
    user(
      'a certificate in base64 without its padding',
      {
        ...pair,
        'client-certificate-data': base64(`${cert}\n`.padEnd(Math.ceil((cert.length + 1) / 3) * 3 + 1)).replace(
          /=+$/,
          '',
        ),
      },
      { refused: 'client-certificate-data' },
    ),
    user('auth-provider oidc with an id-token that is good', oidc({ 'id-token': fixture.idToken })),
    user('auth-provider oidc beside a token', { ...oidc({ 'id-token': fixture.oldIdToken }), token: SECRET }),
    user('auth-provider oidc beside a certificate', { ...oidc({ 'id-token': fixture.idToken }), ...pair }),
    user('auth-provider oidc whose id-token has run out', oidc({ 'id-token': fixture.oldIdToken }), {
      refused: 'id-token',
    }),
    user('auth-provider oidc without a client-id', oidc({ 'client-id': '', 'id-token': fixture.idToken }), {
      refused: 'client-id',
    }),
    user('auth-provider gcp', { 'auth-provider': { name: 'gcp' }, token: SECRET }, { refused: 'auth-provider' }),
    user('auth-provider that is null', { 'auth-provider': null, token: SECRET }),
    user('as', { token: SECRET, as: 'bob' }),
    user('as with groups, a UID and extras', {
      token: SECRET,
      as: 'bob',
      'as-uid': '4711',
      'as-groups': ['ops', 'system:masters'],
      'as-user-extra': { scopes: ['view', 'edit'], 'example.com/Team': ['lab'] },
    }),
    user('as in another alphabet', { token: SECRET, as: 'jörg', 'as-groups': ['Entwürfe'] }),
    user('as with a key that has to be escaped', { token: SECRET, as: 'bob', 'as-user-extra': { 'a%b c/ü': ['x'] } }),
    user('as with a list that is empty', { token: SECRET, as: 'bob', 'as-groups': [], 'as-user-extra': { none: [] } }),
    user('as with extras that differ in case alone', {
      token: SECRET,
      as: 'bob',
      'as-user-extra': { Scope: ['1'], scope: ['2'] },
    }),
    user('as over a client certificate', { ...pair, as: 'bob', 'as-groups': ['ops'] }),
    user('as-groups without as', { token: SECRET, 'as-groups': ['ops'] }, { refused: 'as-groups' }),
    user('as-uid without as', { token: SECRET, 'as-uid': '1' }, { refused: 'as-uid' }),
    user('as-user-extra without as', { token: SECRET, 'as-user-extra': { a: ['b'] } }, { refused: 'as-user-extra' }),
    user('as-groups as text', { token: SECRET, as: 'bob', 'as-groups': 'ops' }, { refused: 'as-groups' }),
    user('as with a line break', { token: SECRET, as: 'bob\nx: y' }, { refused: 'as' }),
  ];
}
