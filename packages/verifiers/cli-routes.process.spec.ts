import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { STUB_HOST, STUB_SHA, STUB_TOKEN, serveStub } from '@meho/contract/testing/stub-backplane';
import { serveHttps, serveTcp } from '@meho/core/http/testing/local-server';
import { serveProxy } from '@meho/core/http/testing/proxy-server';
import { describe, expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

const install = (...more: readonly string[]) => [
  'install-verify',
  ...['--host', STUB_HOST, '--expected-git-sha', STUB_SHA, '--request-timeout', '15'],
  ...more,
];

async function kubeconfig(cli: PublishedCli, cluster: object): Promise<string> {
  const file = path.join(cli.folder, 'kubeconfig-of-routes');
  const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
  const document = {
    'current-context': 'lab',
    clusters: named('cluster', cluster),
    users: named('user', { token: 'kube-token' }),
    contexts: named('context', { cluster: 'lab', user: 'lab' }),
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

describe('a proxy', () => {
  test('leads to a host that this machine can not find', async ({ cli }) => {
    await using server = await serveStub(cli.authority);
    await using proxy = await serveProxy({ to: server.port, login: 'ann:s3cret' });
    const args = install('--cacert', cli.ca, '--skip-cluster-checks');
    const env = { HTTPS_PROXY: `http://ann:s3cret@127.0.0.1:${proxy.port}` };
    const { exitCode, stdout, stderr } = await cli.run(args, env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(proxy.asked).toContain(`CONNECT ${STUB_HOST}:443 ann:s3cret`);
    expect(stdout).not.toContain('s3cret');
  });

  test('that wants another login is what the line blames, not DNS', async ({ cli }) => {
    await using proxy = await serveProxy({ to: 1, login: 'ann:other' });
    const args = install('--cacert', cli.ca, '--skip-cluster-checks', '--fail-fast');
    const env = { HTTPS_PROXY: `http://ann:s3cret@127.0.0.1:${proxy.port}` };
    const { exitCode, stdout, stderr } = await cli.run(args, env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) doesn't take the user and password given \(407\)/,
    );
    expect(stdout + stderr).not.toMatch(/s3cret|DNS/);
  });

  test('is left out where NO_PROXY says so', async ({ cli }) => {
    await using server = await serveStub(cli.authority);
    await using proxy = await serveProxy({ to: 1 });
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: STUB_HOST };
    const { exitCode } = await cli.run(cli.installArgs(server.port), env);
    expect({ exitCode, asked: proxy.asked }).toEqual({ exitCode: 0, asked: [] });
  });

  test('that is none is one line, without what it held: 2', async ({ cli }) => {
    const args = install('--cacert', cli.ca, '--skip-cluster-checks');
    for (const [name, text] of [
      ['HTTPS_PROXY', 'ftp://ann:s3cret@proxy.example.com'],
      ['all_proxy', 'http://ann:s3cret@proxy.example.com:0'],
    ] as const) {
      const { exitCode, stdout, stderr } = await cli.run(args, { [name]: text });
      expect(exitCode).toBe(2);
      expect(linesOf(stderr)[0]).toMatch(new RegExp(`^error: ${name}: expected the URL of a proxy`));
      expect(stdout + stderr).not.toContain('s3cret');
    }
  });

  test('of a kubeconfig leads to the API server, loopback or not', async ({ cli }) => {
    const keyPair = await cli.authority.issue({ dnsNames: ['api.example.com'] });
    await using apiServer = await serveHttps(keyPair, (_, response) => response.writeHead(403).end());
    await using proxy = await serveProxy({ to: apiServer.port });
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, {
      server: 'https://api.example.com:6443',
      'proxy-url': `http://127.0.0.1:${proxy.port}`,
      'certificate-authority': cli.ca,
    });
    const args = install('--cacert', cli.ca, '--connect-to', `127.0.0.1:${server.port}`, '--kubeconfig', file);
    const { exitCode, stderr } = await cli.run(args, { NO_PROXY: '*' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\[FAIL\] Deployment .*403/);
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT api.example.com:6443']));
  });
});

describe('trust', () => {
  test('SSL_CERT_FILE holds for the API server of a kubeconfig without a CA', async ({ cli }) => {
    const keyPair = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
    await using apiServer = await serveHttps(keyPair, (_, response) => response.writeHead(403).end());
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, { server: `https://127.0.0.1:${apiServer.port}` });
    const args = install('--connect-to', `127.0.0.1:${server.port}`, '--kubeconfig', file);
    const known = await cli.run(args, { SSL_CERT_FILE: cli.ca });
    expect(known.stderr).toMatch(/\[FAIL\] Deployment .*403/);
    expect(known.stdout).toMatch(/\[ok\] GET \/healthz/);
    const unknown = await cli.run([...args, '--cacert', cli.ca]);
    expect(unknown.stderr).toMatch(/\[FAIL\] Deployment .*CA that is not trusted here.*certificate-authority-data/);
  });

  test('an intermediate CA is enough as --cacert', async ({ cli }) => {
    const intermediate = await cli.authority.delegate('intermediate');
    await using server = await serveStub(intermediate);
    const file = path.join(cli.folder, 'intermediate.pem');
    await writeFile(file, intermediate.certificatePem);
    const args = ['--cacert', file, '--connect-to', `127.0.0.1:${server.port}`, '--skip-cluster-checks'];
    const { exitCode, stderr } = await cli.run(install(...args));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('a token over plain http', () => {
  const smoke = (backplane: string, ...more: readonly string[]) => [
    ...['smoke', '--backplane', backplane, '--skip-cluster-checks', '--request-timeout', '2', '--fail-fast'],
    ...more,
  ];
  const env = { MEHO_ACCESS_TOKEN: STUB_TOKEN };

  test('goes to no other machine, unless somebody means it: 2', async ({ cli }) => {
    for (const args of [
      smoke('http://meho.invalid'),
      smoke('http://0.0.0.0:1'),
      smoke('http://127.0.0.1:1', '--connect-to', 'meho.invalid:80'),
    ]) {
      const { exitCode, stderr } = await cli.run(args, env);
      expect(exitCode).toBe(2);
      expect(linesOf(stderr)[0]).toMatch(/^error: --backplane: expected https, .* unencrypted; .*--allow-http$/);
    }
    expect((await cli.run(smoke('http://meho.invalid', '--allow-http'), env)).exitCode).toBe(1);
  });

  test('goes to this machine, but not through a proxy elsewhere', async ({ cli }) => {
    const to = 'http://127.0.0.1:1';
    expect((await cli.run(smoke(to), env)).exitCode).toBe(1);
    const { exitCode, stderr } = await cli.run(smoke(to), { ...env, http_proxy: 'http://proxy.invalid:3128' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('would travel to proxy.invalid unencrypted');
  });
});

test('a server that switches protocols ends as one that answers wrongly, with its document', async ({ cli }) => {
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
  await using server = await serveTcp((socket) => socket.once('data', () => socket.end(switching)));
  const args = ['smoke', '--backplane', `http://127.0.0.1:${server.port}`, '--skip-cluster-checks', '--output', 'json'];
  const { exitCode, stdout, stderr } = await cli.run(args, { MEHO_ACCESS_TOKEN: STUB_TOKEN });
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', exitCode: 1 });
  expect(stdout).toContain('switched to another protocol (101)');
});
