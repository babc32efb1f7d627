import { base64, type KubeconfigCase, kubeconfig, SECRET, single } from './kubeconfig-case.ts';
import type { KubeconfigFixture } from './kubeconfig-fixture.ts';

export function networkCases(fixture: KubeconfigFixture): readonly KubeconfigCase[] {
  const proxy = `http://127.0.0.1:${fixture.proxy.port}`;
  const socks = `socks5://127.0.0.1:${fixture.socks.port}`;
  const named = { server: `https://kube.example.com:${fixture.https.port}` };
  const noCa = { 'certificate-authority-data': '' };
  const ca = fixture.authority.certificatePem;
  const cluster = (name: string, fields: object, more: Partial<KubeconfigCase> = {}) =>
    single(name, kubeconfig(fixture, { token: SECRET }, fields), more);
  const roots = (
    name: string,
    fields: object,
    env: Readonly<Record<string, string>>,
    more: Partial<KubeconfigCase> = {},
  ) => cluster(name, { ...noCa, ...fields }, { env, ...more });
  return [
    cluster('proxy-url, for loopback too', { 'proxy-url': proxy }),
    cluster('proxy-url of a name that only the proxy knows', { ...named, 'proxy-url': proxy }),
    cluster('proxy-url and a server with a dot at its end', {
      server: `https://kube.example.com.:${fixture.https.port}`,
      'proxy-url': proxy,
    }),
    ...Object.entries(fixture.misnamed).map(([how, { port }]) =>
      cluster(
        `a certificate that is for the server by its ${how} alone`,
        { server: `https://127.0.0.1:${port}`, 'tls-server-name': 'kube.example.com' },
        { fails: 'certificate' },
      ),
    ),
    cluster('proxy-url with a user and a password', { ...named, 'proxy-url': proxy.replace('//', '//ada:p%40ss@') }),
    cluster('proxy-url of socks5', { ...named, 'proxy-url': socks }),
    cluster(
      'proxy-url goes before HTTPS_PROXY',
      { ...named, 'proxy-url': proxy },
      { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } },
    ),
    cluster('proxy-url knows no NO_PROXY', { ...named, 'proxy-url': proxy }, { env: { NO_PROXY: '*' } }),
    cluster('HTTPS_PROXY', named, { env: { HTTPS_PROXY: proxy } }),
    cluster('https_proxy', named, { env: { https_proxy: proxy } }),
    cluster('HTTPS_PROXY without a scheme', named, { env: { HTTPS_PROXY: proxy.replace('http://', '') } }),
    cluster('HTTPS_PROXY of socks5', named, { env: { HTTPS_PROXY: socks } }),
    cluster('HTTPS_PROXY goes before https_proxy', named, {
      env: { HTTPS_PROXY: proxy, https_proxy: 'http://127.0.0.1:1' },
    }),
    cluster('HTTPS_PROXY with an exception for others', named, {
      env: { HTTPS_PROXY: proxy, NO_PROXY: '.example.org,10.0.0.0/8' },
    }),
    cluster('HTTPS_PROXY is nothing to loopback', {}, { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } }),
    cluster(
      'HTTPS_PROXY is nothing to localhost',
      { server: `https://localhost:${fixture.https.port}` },
      { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } },
    ),
    cluster('HTTP_PROXY is nothing to https', {}, { env: { HTTP_PROXY: 'http://127.0.0.1:1' } }),
    cluster("the server's own certificate as its CA", { 'certificate-authority-data': base64(fixture.certificatePem) }),
    roots(
      "the system's roots (SSL_CERT_FILE) without a CA",
      {},
      { SSL_CERT_FILE: 'roots.pem' },
      { files: { 'roots.pem': ca } },
    ),
    ...[
      ['is null', { 'certificate-authority-data': null }],
      ['is empty twice', { 'certificate-authority-data': '', 'certificate-authority': '' }],
      ['is null twice', { 'certificate-authority-data': null, 'certificate-authority': null }],
      ['is checked by another name', { 'tls-server-name': 'kube.example.com' }],
    ].map(([how, fields]) =>
      roots(
        `the system's roots where the CA ${how}`,
        fields as object,
        { SSL_CERT_FILE: 'roots.pem' },
        { files: { 'roots.pem': ca } },
      ),
    ),
    cluster('insecure-skip-tls-verify and a CA that is empty twice', {
      'certificate-authority-data': '',
      'certificate-authority': '',
      'insecure-skip-tls-verify': true,
    }),
    cluster(
      'insecure-skip-tls-verify beside roots that know nobody',
      { 'certificate-authority-data': '', 'insecure-skip-tls-verify': true },
      { env: { SSL_CERT_FILE: '/dev/null' } },
    ),
    cluster('insecure-skip-tls-verify and a name that is none of the certificate', {
      'certificate-authority-data': '',
      'insecure-skip-tls-verify': true,
      'tls-server-name': 'other.example.com',
    }),
    roots(
      "the system's roots where the CA file is empty",
      { 'certificate-authority': 'ca.pem' },
      { SSL_CERT_FILE: 'roots.pem' },
      {
        files: { 'roots.pem': ca, 'ca.pem': '' },
      },
    ),
  ];
}
