import { base64, type KubeconfigCase, kubeconfig, SECRET, single } from './kubeconfig-case.ts';
import type { KubeconfigFixture } from './kubeconfig-fixture.ts';

export function clusterCases(fixture: KubeconfigFixture): readonly KubeconfigCase[] {
  const user = { token: SECRET };
  const cluster = (name: string, fields: object, more: Partial<KubeconfigCase> = {}) =>
    single(name, kubeconfig(fixture, user, fields), more);
  const data = (pem: string) => ({ 'certificate-authority-data': base64(pem) });
  const { port } = fixture.https;
  const ca = fixture.authority.certificatePem;
  const noCa = { 'certificate-authority-data': '' };
  const names = (text: string) => kubeconfig(fixture, user).replace('insecure', text);
  return [
    cluster('a server by name', { server: `https://localhost:${port}` }),
    cluster('a server with a path', { server: `${fixture.server}/k8s/clusters/c-1` }),
    cluster('a server with a slash at its end', { server: `${fixture.server}/` }),
    cluster('a server with a path and a slash at its end', { server: `${fixture.server}/k8s/` }),
    cluster('a server with slashes and dots too many', { server: `${fixture.server}//k8s//a/../` }),
    cluster('a server with escapes in its path', { server: `${fixture.server}/k8s%2Fclusters/a%20b` }),
    cluster('a server with a query and a fragment', { server: `${fixture.server}/k8s?a=b#c` }),
    cluster('a server with a tab in it', { server: `${fixture.server}/a\tb` }, { refused: 'server' }),
    cluster('a server in capitals', { server: fixture.server.replace('https', 'HTTPS') }),
    cluster('a server over http gets no token', { server: fixture.plain, ...noCa }),
    cluster('a server without a scheme', { server: `127.0.0.1:${port}` }, { refused: 'server' }),
    cluster(
      'a server with a user in it',
      { server: fixture.server.replace('//', '//bob:secret@') },
      {
        refused: 'server',
        kubectlTakes: 'a name and a password in a URL end up in logs; they have members of their own',
      },
    ),
    cluster('no server', { server: '' }, { refused: 'server' }),
    cluster('tls-server-name', { 'tls-server-name': 'kube.example.com' }),
    cluster('tls-server-name with a dot at its end', { 'tls-server-name': 'kube.example.com.' }),
    cluster('tls-server-name that is empty', { server: `https://localhost:${port}`, 'tls-server-name': '' }),
    cluster('tls-server-name that is an address', {
      server: `https://localhost:${port}`,
      'tls-server-name': '127.0.0.1',
    }),
    cluster('insecure-skip-tls-verify', { ...noCa, 'insecure-skip-tls-verify': true }),
    single(
      'insecure-skip-tls-verify: yes',
      kubeconfig(fixture, user, { ...noCa, 'insecure-skip-tls-verify': true }).replace('verify: true', 'verify: yes'),
    ),
    single(
      'insecure-skip-tls-verify: On',
      kubeconfig(fixture, user, { ...noCa, 'insecure-skip-tls-verify': true }).replace('verify: true', 'verify: On'),
    ),
    cluster(
      'insecure-skip-tls-verify as text',
      { ...noCa, 'insecure-skip-tls-verify': 'true' },
      { refused: 'insecure-skip-tls-verify' },
    ),
    cluster(
      'insecure-skip-tls-verify as a number',
      { ...noCa, 'insecure-skip-tls-verify': 1 },
      { refused: 'insecure-skip-tls-verify' },
    ),
    cluster(
      'insecure-skip-tls-verify beside a CA',
      { 'insecure-skip-tls-verify': true },
      { refused: 'insecure-skip-tls-verify' },
    ),
    cluster('a CA as a file', { ...noCa, 'certificate-authority': 'ca.pem' }, { files: { 'ca.pem': ca } }),
    cluster(
      'a CA as a file in a folder',
      { ...noCa, 'certificate-authority': 'pki/ca.pem' },
      { files: { 'pki/ca.pem': ca } },
    ),
    cluster(
      'a CA as a file above',
      { ...noCa, 'certificate-authority': '../shared-ca.pem' },
      {
        list: ['kube/config'],
        files: {
          'kube/config': kubeconfig(fixture, user, { ...noCa, 'certificate-authority': '../ca.pem' }),
          'ca.pem': ca,
        },
      },
    ),
    cluster('a CA among others', data(`${fixture.stranger.certificatePem}\n${ca}\n`)),
    cluster('a CA with words around it', data(`# our CA\nsubject=CN test\n${ca}\nend\n`)),
    cluster(
      'a CA beside what is none',
      data(`-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n${ca}\n`),
    ),
    cluster(
      'a CA as data and as a file',
      { 'certificate-authority': 'ca.pem' },
      { files: { 'ca.pem': ca }, refused: 'certificate-authority' },
    ),
    cluster(
      'a CA file that is missing',
      { ...noCa, 'certificate-authority': 'ca.pem' },
      { refused: 'certificate-authority' },
    ),
    cluster('a CA that runs into another one', data(`${ca.trimEnd()}${ca}`), { refused: 'certificate-authority' }),
    cluster('a CA that is no certificate', data('hello'), { refused: 'certificate-authority' }),
    ...['TRUSTED', 'X509'].map((word) =>
      cluster(`a CA marked ${word}`, data(ca.replaceAll(' CERTIFICATE', ` ${word} CERTIFICATE`)), {
        refused: 'certificate-authority',
      }),
    ),
    cluster('a CA beside one marked TRUSTED', data(`${ca.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE')}${ca}`)),
    cluster('a CA that is a key', data(fixture.client.privateKeyPem), { refused: 'certificate-authority' }),
    cluster(
      'a CA that is no base64',
      { 'certificate-authority-data': '***' },
      { refused: 'certificate-authority-data' },
    ),
    cluster('a CA as a list', { 'certificate-authority-data': ['x'] }, { refused: 'certificate-authority-data' }),
    cluster('disable-compression', { 'disable-compression': true }),
    cluster('proxy-url that is empty', { 'proxy-url': '' }),
    cluster('proxy-url of an unknown kind', { 'proxy-url': 'ftp://127.0.0.1:1' }, { refused: 'proxy-url' }),
    cluster('proxy-url with a blank before it', { 'proxy-url': ' http://127.0.0.1:1' }, { refused: 'proxy-url' }),
    cluster('proxy-url without a scheme', { 'proxy-url': '127.0.0.1:3128' }, { refused: 'proxy-url' }),
    cluster('members that nobody knows', {
      'new-member': { a: [1] },
      extensions: [{ name: 'x', extension: { a: 1 } }],
    }),
    single('names that look like numbers', names('x').replaceAll('lab', '"0123"')),
    single(
      'members in another case',
      kubeconfig(fixture, user).replace('    user:\n      token', '    user:\n      Token'),
      {
        refused: 'no credentials',
      },
    ),
  ];
}
