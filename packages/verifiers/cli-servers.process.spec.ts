import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createAuthority,
  HEALTHY,
  json,
  STUB_HOST,
  STUB_SHA,
  STUB_SUB,
  STUB_TOKEN,
  serveStub,
  text,
} from '@meho/contract/testing/stub-backplane';
import { serveHttps } from '@meho/core/http/testing/local-server';
import { serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, type RevisionSpec, storeRecord } from '@meho/helm/testing/records';
import { describe, expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

describe('the cluster', () => {
  const kubeconfig = async (cli: PublishedCli, server: string) => {
    const file = path.join(cli.folder, 'kubeconfig');
    const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
    const document = {
      'current-context': 'lab',
      clusters: named('cluster', { server, 'certificate-authority': cli.ca }),
      users: named('user', { token: 'kube-token' }),
      contexts: named('context', { cluster: 'lab', user: 'lab' }),
    };
    await writeFile(file, JSON.stringify(document));
    return file;
  };
  const withCluster = (cli: PublishedCli, port: number) =>
    cli.installArgs(port).filter((arg) => arg !== '--skip-cluster-checks');

  test('one that is not there is one failure; what needs no cluster is looked at all the same', async ({ cli }) => {
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, 'https://127.0.0.1:1');
    const { exitCode, stdout, stderr } = await cli.run(withCluster(cli, server.port), { KUBECONFIG: file });
    expect(exitCode).toBe(1);
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toMatch(
      /^\[FAIL\] Deployment .*API server could not be asked: 127\.0\.0\.1:1 refused the connection/,
    );
    expect(stdout).toMatch(/\[note\] Migration Job.*deployment-available failed, which explains it/);
    expect(stdout).toContain('[ok] GET /healthz');
  });

  test('one that refuses says what it refused, and the token stays hidden', async ({ cli }) => {
    const refusal = { kind: 'Status', code: 403, reason: 'Forbidden', message: 'deployments is forbidden' };
    const denied = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
    await using apiServer = await serveHttps(denied, json(403, refusal));
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, `https://127.0.0.1:${apiServer.port}`);
    const { exitCode, stdout, stderr } = await cli.run([...withCluster(cli, server.port), '--kubeconfig', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /\[FAIL\] Deployment .*403 Forbidden: deployments is forbidden.*right to list deployments\.apps in namespace meho; check with: kubectl -n meho auth can-i list deployments\.apps$/m,
    );
    expect(stdout + stderr).not.toContain('kube-token');
  });

  test.for(['sql', 'memory', 'ConfigMap'])('HELM_DRIVER=%s is exit code 2, by its name', async (driver, { cli }) => {
    const file = await kubeconfig(cli, 'https://127.0.0.1:1');
    const environment = { KUBECONFIG: file, HELM_DRIVER: driver };
    const { exitCode, stderr } = await cli.run(withCluster(cli, 1), environment);
    expect([exitCode, linesOf(stderr)[0]]).toEqual([
      2,
      expect.stringMatching(
        `^error: HELM_DRIVER: expected secret, secrets, configmap or configmaps, got "${driver}": `,
      ),
    ]);
    const without = await cli.run([...withCluster(cli, 1), '--skip-cluster-checks'], environment);
    expect(without.stderr).not.toContain('HELM_DRIVER');
  });

  test('HELM_DRIVER=configmap: what helm keeps in ConfigMaps is read there, as helm reads it', async ({ cli }) => {
    const records = [storeRecord(documentOf({ revision: 1, status: 'deployed' }), 'ConfigMap')];
    await using served = await serveNamespace({ records });
    await using server = await serveStub(cli.authority);
    const file = await kubeconfig(cli, `http://127.0.0.1:${served.port}`);
    const args = [...withCluster(cli, server.port), '--rollout-timeout', '0'];
    const ask = (driver: string) => cli.run(args, { KUBECONFIG: file, HELM_DRIVER: driver });
    expect((await ask('configmap')).stdout).toMatch(
      /^\[ok\] Migration Job .*its success at .*, revision 1 is deployed$/m,
    );
    expect((await ask('secrets')).stderr).toMatch(
      /^\[FAIL\] Migration Job .*no Helm release meho in the Secrets of .*, and records of it in ConfigMaps.*export HELM_DRIVER=configmap$/m,
    );
  });

  test.for([
    ['4.3.1', 'rollback meho 1 --wait --force-conflicts'],
    ['3.22.0', 'rollback meho 1 --wait'],
    ['none', 'rollback meho 1 --wait --force-conflicts'],
  ] as const)('with helm %s on PATH the way back is a command that it takes', async ([version, command], { cli }) => {
    const bin = await mkdtemp(path.join(cli.folder, 'bin-'));
    if (version !== 'none') {
      await writeFile(path.join(bin, 'helm'), `#!/bin/sh\n[ "$1" = version ] && echo v${version}\n`);
      await chmod(path.join(bin, 'helm'), 0o755);
    }
    const more = { apply_method: 'ssa' };
    const told: readonly RevisionSpec[] = [
      { revision: 1, status: 'deployed', more },
      { revision: 2, status: 'failed', content: 'N+1', description: 'Upgrade "meho" failed: timed out', more },
    ];
    await using served = await serveNamespace({ records: told.map((each) => storeRecord(documentOf(each))) });
    await using server = await serveStub(cli.authority);
    const KUBECONFIG = await kubeconfig(cli, `http://127.0.0.1:${served.port}`);
    const where = ['--host', STUB_HOST, '--connect-to', `127.0.0.1:${server.port}`, '--cacert', cli.ca];
    const args = ['rollback-verify', ...where, '--n-image-sha', STUB_SHA, '--rollout-timeout', '0'];
    const { exitCode, stderr } = await cli.run(args, { KUBECONFIG, PATH: bin });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^\\[FAIL\\] Helm rolled the release back: .*helm -n meho ${command}$`, 'm'));
  });

  test('--kubeconfig that is not there is exit code 2', async ({ cli }) => {
    const { exitCode, stderr } = await cli.run([...withCluster(cli, 1), '--kubeconfig', '/no/such/file']);
    expect([exitCode, stderr.includes('kubeconfig /no/such/file: expected a readable file')]).toEqual([2, true]);
  });
});

describe('what servers say', () => {
  test('an unknown CA gets one failure, and what hangs on it a note', async ({ cli }) => {
    await using server = await serveStub(await createAuthority());
    const { exitCode, stdout, stderr } = await cli.run(cli.installArgs(server.port));
    expect(exitCode).toBe(1);
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^\[FAIL\] GET \/healthz .*CA that is not trusted here.*--cacert/);
    expect(stdout).toContain('healthz failed, which explains it');
  });

  test('neither the token nor what a hostile server sends breaks a line', async ({ cli }) => {
    const hostile = `\u001b[2J\n[ok] forged ${STUB_TOKEN}`;
    await using server = await serveStub(cli.authority, {
      '/version': json(200, { git_sha: hostile }),
      '/healthz': text(302, '', { location: `https://x/?t=${STUB_TOKEN}` }),
    });
    const { stdout, stderr } = await cli.run(cli.installArgs(server.port), { MEHO_ACCESS_TOKEN: STUB_TOKEN });
    expect(stdout + stderr).not.toContain(STUB_TOKEN);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(linesOf(stdout + stderr).filter((line) => line.startsWith('[ok] forged'))).toEqual([]);
    expect(stderr).toContain('[secret]');
  });

  test("an operator's name and mail address are never shown, the sub is", async ({ cli }) => {
    await using server = await serveStub(cli.authority);
    const args = [
      'smoke',
      '--backplane',
      `https://${STUB_HOST}`,
      '--connect-to',
      `127.0.0.1:${server.port}`,
      '--cacert',
      cli.ca,
    ];
    const { exitCode, stdout, stderr } = await cli.run([...args], { MEHO_ACCESS_TOKEN: STUB_TOKEN });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('sub 7d0c2f7e');
    expect(stdout + stderr).not.toMatch(/Ada|example\.com"|ada@/);
  });

  test('nor where the deployment repeats them in what is shown', async ({ cli }) => {
    const { name, email } = HEALTHY.operator;
    const payload = Buffer.from(JSON.stringify({ sub: STUB_SUB, name, email })).toString('base64url');
    const token = `eyJhbGciOiJSUzI1NiJ9.${payload}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg`;
    const location = `https://login.example.com/?login=${email}&for=${name}&was=${payload}`;
    await using server = await serveStub(cli.authority, { operator: text(302, '', { location }) }, token);
    const junit = path.join(cli.folder, 'repeated.xml');
    const where = ['--backplane', `https://${STUB_HOST}`, '--connect-to', `127.0.0.1:${server.port}`];
    for (const more of [[], ['--output=json']]) {
      const args = ['smoke', ...where, '--cacert', cli.ca, '--junit', junit, ...more];
      const { exitCode, stdout, stderr } = await cli.run(args, { MEHO_ACCESS_TOKEN: token });
      const shown = stdout + stderr + (await readFile(junit, 'utf8'));
      expect(exitCode).toBe(1);
      expect(shown).toContain('login=[secret]');
      for (const secret of [name, email, payload]) {
        expect(shown).not.toContain(secret);
      }
    }
  });
});
