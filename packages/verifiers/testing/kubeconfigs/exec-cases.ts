import { base64, type KubeconfigCase, kubeconfig, SECRET, single } from './kubeconfig-case.ts';
import type { KubeconfigFixture } from './kubeconfig-fixture.ts';

const v1 = 'client.authentication.k8s.io/v1';
const beta = 'client.authentication.k8s.io/v1beta1';

export function execCases(fixture: KubeconfigFixture): readonly KubeconfigCase[] {
  const { certificatePem: cert, privateKeyPem: key } = fixture.client;
  const answer = (status: object, more: object = {}) =>
    JSON.stringify({ apiVersion: v1, kind: 'ExecCredential', status, ...more });
  const token = answer({ token: SECRET });
  const plugin = (
    name: string,
    fields: object,
    print = token,
    more: Partial<KubeconfigCase> = {},
    user: object = {},
    cluster: object = {},
  ) =>
    single(
      name,
      kubeconfig(
        fixture,
        { ...user, exec: { apiVersion: v1, interactiveMode: 'Never', command: './plugin', ...fields } },
        cluster,
      ),
      { ...more, files: { plugin: script(print), ...more.files } },
    );
  const broken = (name: string, print: string, refused: string) => plugin(name, {}, print, { refused });
  return [
    plugin('a plugin beside the kubeconfig', {}),
    plugin('a plugin in a folder beside it', { command: 'bin/plugin' }, token, {
      files: { 'bin/plugin': script(token) },
    }),
    plugin('a plugin on PATH', { command: 'on-path' }, token, { files: { 'bin/on-path': script(token) } }),
    plugin('a plugin with arguments and variables', {
      args: ['get-token', '--name', 'a b', '', '$HOME'],
      env: [
        { name: 'SHOWN', value: 'a "b"' },
        { name: 'SHOWN', value: 'the last counts' },
      ],
    }),
    plugin('a plugin with null for arguments', { args: null, env: null }),
    plugin('a plugin that is told of the cluster', { provideClusterInfo: true }),
    plugin(
      'a plugin that is told all of the cluster',
      { provideClusterInfo: true },
      token,
      {},
      {},
      {
        'tls-server-name': 'kube.example.com',
        'disable-compression': true,
        extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'lab', n: [1, null] } }],
      },
    ),
    plugin(
      'a plugin that is told of a cluster that is not verified',
      { provideClusterInfo: true },
      token,
      {},
      {},
      {
        'certificate-authority-data': '',
        'insecure-skip-tls-verify': true,
      },
    ),
    plugin(
      'a plugin that is told of a path',
      { provideClusterInfo: true },
      token,
      {},
      {},
      { server: `${fixture.server}/k8s/` },
    ),
    plugin(
      'v1beta1 needs no interactiveMode',
      { apiVersion: beta, interactiveMode: undefined },
      answer({ token: SECRET }, { apiVersion: beta }),
    ),
    plugin('interactiveMode IfAvailable without a terminal', { interactiveMode: 'IfAvailable' }),
    plugin('interactiveMode Always without a terminal', { interactiveMode: 'Always' }, token, {
      refused: 'interactiveMode',
    }),
    plugin('v1 without interactiveMode', { interactiveMode: undefined }, token, { refused: 'interactiveMode' }),
    plugin('an unknown interactiveMode', { interactiveMode: 'Sometimes' }, token, { refused: 'interactiveMode' }),
    plugin('v1alpha1', { apiVersion: 'client.authentication.k8s.io/v1alpha1', interactiveMode: 'Never' }, token, {
      refused: 'apiVersion',
    }),
    plugin('no apiVersion', { apiVersion: undefined }, token, { refused: 'apiVersion' }),
    plugin('no command', { command: '' }, token, { refused: 'command' }),
    plugin('a variable without a name', { env: [{ value: 'x' }] }, token, { refused: 'env' }),
    plugin('a number among the arguments', { args: ['--port', 5] }, token, { refused: 'args[1]' }),
    plugin('a plugin that is not there', { command: './gone' }, token, { refused: 'exec plugin' }),
    plugin('a token goes before a plugin', {}, answer({ token: 'other' }), {}, { token: SECRET }),
    plugin(
      'a certificate goes before a plugin',
      {},
      token,
      {},
      { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
    ),
    plugin('a password goes before a plugin', {}, token, {}, { username: 'alice', password: SECRET }),
    plugin(
      'a token goes before a plugin, which is looked at all the same',
      { command: '' },
      token,
      { refused: 'command' },
      { token: SECRET },
    ),
    plugin(
      'a plugin and an auth-provider',
      {},
      token,
      { refused: 'auth-provider' },
      { 'auth-provider': { name: 'oidc' } },
    ),
    plugin('a plugin with as', {}, token, {}, { as: 'bob', 'as-groups': ['ops'] }),
    plugin('a plugin that gives a certificate', {}, answer({ clientCertificateData: cert, clientKeyData: key })),
    plugin(
      'a plugin that gives a certificate and a token',
      {},
      answer({ clientCertificateData: cert, clientKeyData: key, token: SECRET }),
    ),
    plugin(
      'credentials that run out in an hour',
      {},
      answer({ token: SECRET, expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString() }),
    ),
    plugin(
      'a plugin over http is not asked',
      {},
      token,
      {},
      {},
      { server: fixture.plain, 'certificate-authority-data': '' },
    ),
    broken('a certificate without its key', answer({ clientCertificateData: cert }), 'not both'),
    broken(
      "a certificate with another one's key",
      answer({ clientCertificateData: cert, clientKeyData: fixture.stranger.privateKeyPem }),
      'belong together',
    ),
    broken('neither token nor certificate', answer({}), 'neither a token'),
    broken('a token that is a number', answer({ token: 5 }), 'token'),
    broken('a time that is none', answer({ token: SECRET, expirationTimestamp: 'soon' }), 'expirationTimestamp'),
    broken('another apiVersion', answer({ token: SECRET }, { apiVersion: beta }), 'apiVersion'),
    broken('another kind', answer({ token: SECRET }, { kind: 'Pod' }), 'ExecCredential'),
    broken('no status', answer({ token: SECRET }, { status: undefined }), 'status'),
    broken('words', `your token is ${SECRET}`, 'JSON'),
    broken('nothing', '', 'JSON'),
  ];
}

function script(print: string): string {
  return `#!/bin/sh
out="$(dirname "$0")/called"
printf 'cwd=%s\\nshown=%s\\n' "$PWD" "$SHOWN" > "$out"
for arg in "$@"; do printf 'arg=%s\\n' "$arg" >> "$out"; done
printf 'info=%s\\n' "$KUBERNETES_EXEC_INFO" >> "$out"
cat <<'PRINTED'
${print}
PRINTED
`;
}
