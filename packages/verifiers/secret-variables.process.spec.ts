import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { json as answer, serveStub } from '@meho/contract/testing/stub-backplane';
import { unsetVerifierVariables } from '@meho/core/config';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, type PublishedCli, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: 2 * cliDeadlineMs });

const secret = 'Tr0ub4dor-x9Zq-canary';
const withPassword = (text: string) => text.replace('//', `//ada:${secret}@`);

interface Carried {
  /** What the variable holds, wrong enough to be complained of. */
  readonly value?: string;
  /** Or what stands in the file that it names. */
  readonly content?: string;
  /** Needed for it to be looked at. */
  readonly env?: Readonly<Record<string, string>>;
}

const database = { DATABASE_URL: 'postgresql+asyncpg://ada@127.0.0.1:1/meho?sslmode=verify-full&connect_timeout=2' };
const keyFile = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`;
const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/** Every variable that a verifier reads: how a secret may stand in it, or that none can. */
const variables: Readonly<Record<string, readonly Carried[] | 'none'>> = {
  INSTALL_START_TS: 'none',
  SMOKE_START_TS: 'none',
  MEHO_ACCESS_TOKEN: [{ value: `${secret} "` }, { value: `a.${secret}.b` }],
  DATABASE_URL: [
    { value: `postgresql://ada:${secret}@127.0.0.1:1/meho?sslmode=x` },
    { value: `postgresql://ada@127.0.0.1:1/meho?password=${secret}&connect_timeout=2` },
    { value: `postgresql://ada@127.0.0.1:1/meho?sslpassword=${secret}&nothing=1` },
  ],
  KUBECONFIG: [{ content: `users: [{name: a, user: {token: ${secret}, token: !x ${secret}}}` }],
  KUBERNETES_SERVICE_HOST: 'none',
  KUBERNETES_SERVICE_PORT: 'none',
  NO_COLOR: 'none',
  GITHUB_TOKEN: [{ value: `${secret}\n` }, { value: secret }],
  GITHUB_API_URL: [{ value: withPassword('https://127.0.0.1:1/api') }, { value: withPassword('x://[') }],
  GITHUB_STEP_SUMMARY: 'none',
  GITHUB_SERVER_URL: [{ value: withPassword('https://127.0.0.1:1') }],
  GITHUB_REPOSITORY: 'none',
  GITHUB_RUN_ID: 'none',
  HELM_DRIVER: 'none',
  SSL_CERT_FILE: [{ content: keyFile }],
  SSL_CERT_DIR: 'none',
  CURL_CA_BUNDLE: [{ content: keyFile }],
  HELM_KUBEAPISERVER: [{ value: withPassword('https://127.0.0.1:1') }],
  HELM_KUBEASGROUPS: 'none',
  HELM_KUBEASUSER: 'none',
  HELM_KUBECAFILE: [{ content: keyFile }],
  HELM_KUBECONTEXT: 'none',
  HELM_KUBEINSECURE_SKIP_TLS_VERIFY: 'none',
  HELM_KUBETLS_SERVER_NAME: 'none',
  HELM_KUBETOKEN: [{ value: secret }],
  ...Object.fromEntries(
    proxies.map((name) => [name, [{ value: withPassword('http://127.0.0.1:1') }, { value: withPassword('http://[') }]]),
  ),
  NO_PROXY: 'none',
  no_proxy: 'none',
  REQUEST_METHOD: 'none',
  PGPASSWORD: [{ value: secret, env: database }],
  PGPASSFILE: [{ content: `*:*:*:ada:${secret}\n${secret}\n`, env: database }],
  PGSERVICEFILE: [{ content: `[lab]\npassword=${secret}\n${secret}\n`, env: { ...database, PGSERVICE: 'lab' } }],
  PGSSLKEY: [{ content: keyFile, env: { ...database, PGSSLCERT: '/dev/null' } }],
  PGSSLCERT: [{ content: keyFile, env: database }],
  PGSSLROOTCERT: [{ content: keyFile, env: database }],
};

/** Others of libpq's name no secret, and no file that may hold one. */
const postgres = Object.keys(variables).filter((name) => name.startsWith('PG'));

test('each variable that a verifier reads stands in the table', () => {
  const all = Object.keys(unsetVerifierVariables(Object.fromEntries(postgres.map((name) => [name, '1']))));
  expect(Object.keys(variables).toSorted()).toEqual(all.toSorted());
});

const carriers = Object.entries(variables).flatMap(([name, carried]) =>
  carried === 'none' ? [] : carried.map((each, at) => [`${name}, way ${at + 1}`, name, each] as const),
);

async function said(cli: PublishedCli, args: readonly string[], env: Readonly<Record<string, string>>) {
  const { stdout, stderr } = await cli.run(args, env);
  return `${stdout}\n${stderr}`;
}

test.for(carriers)('no line and no document holds the secret of %s', async ([way, name, carried], { cli }) => {
  await using server = await serveStub(cli.authority, { '/version': answer(200, { git_sha: `${secret} ${keyFile}` }) });
  const file = path.join(cli.folder, `${way.replace(/\W+/g, '-')}.conf`);
  await writeFile(file, carried.content ?? '');
  const env = { ...carried.env, [name]: carried.value ?? file };
  const install = cli.installArgs(server.port, '--request-timeout', '2').filter((arg) => arg !== '15');
  const once = install.filter((arg, at) => arg !== '--request-timeout' || install.indexOf(arg) === at);
  const others = [
    ...(/^GITHUB/.test(name) ? [['green-counter', '--repo', 'o/r', '--output', 'json']] : []),
    ...(/^(?:KUBECONFIG|HELM|SSL|.*proxy$)/i.test(name) ? [['rke2-access']] : []),
  ];
  const json = name === 'KUBECONFIG' ? [] : ['--output', 'json'];
  const shown = (await Promise.all([[...once, ...json], ...others].map((args) => said(cli, args, env)))).join('\n');
  expect(shown.length).toBeGreaterThan(200);
  // The deployment echoes it only where it was known to us: a file's text isn't.
  const known = carried.value !== undefined;
  const own = known
    ? shown
    : shown
        .split('\n')
        .filter((line) => !line.includes('git_sha'))
        .join('\n');
  expect(own).not.toContain(secret);
});
