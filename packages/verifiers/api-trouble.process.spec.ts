import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serveStub } from '@meho/contract/testing/stub-backplane';
import { closedPort, serveTcp } from '@meho/core/http/testing/local-server';
import { serveUnrulyApi, type Trouble, type UnrulyApi, type UnrulyOptions } from '@meho/kube/testing/unruly-api-server';
import { describe, expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

async function kubeconfig(cli: PublishedCli, port: number): Promise<string> {
  const file = path.join(cli.folder, `kubeconfig-${port}`);
  const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
  const document = {
    'current-context': 'lab',
    clusters: named('cluster', { server: `http://127.0.0.1:${port}` }),
    users: named('user', {}),
    contexts: named('context', { cluster: 'lab', user: 'lab' }),
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

async function asked(cli: PublishedCli, args: readonly string[], port: number) {
  const { exitCode, stdout, stderr } = await cli.run([...args, '--kubeconfig', await kubeconfig(cli, port)]);
  return { exitCode, stdout: stdout.replace(/^using context .*\n?/, ''), stderr };
}

const place = '/apis/apps/v1/namespaces/meho/deployments/meho';
const deployment = (readyReplicas: number) => ({
  metadata: { name: 'meho', generation: 1 },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'meho', image: 'meho:1' }] } } },
  status: {
    ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas, availableReplicas: readyReplicas },
    conditions: [{ type: 'Available', status: readyReplicas === 1 ? 'True' : 'False' }],
  },
});

const noApis: readonly (readonly [string, Trouble])[] = [
  ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>log in' }],
  ['nothing', { status: 200, body: '' }],
  ['null', { status: 200, body: 'null' }],
  ['an object of its own', { status: 200, body: '{}' }],
  ['items that are none', { status: 200, body: '{"items":"none"}' }],
  ['members of the wrong type', { status: 200, body: '{"items":[{"metadata":{"name":7}}],"status":{}}' }],
  ['a redirect', { status: 302, headers: { location: 'https://login.example.com/' } }],
  ['a 404 of its own', { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>nginx' }],
];

describe.concurrent('install-verify', () => {
  const lineOfDeployment = async (cli: PublishedCli, server: Pick<UnrulyApi, 'port'>, requestTimeout = '15') => {
    await using stub = await serveStub(cli.authority);
    const args = cli
      .installArgs(stub.port, '--rollout-timeout', '20')
      .filter((arg) => arg !== '--skip-cluster-checks')
      .map((arg, index, all) => (all[index - 1] === '--request-timeout' ? requestTimeout : arg));
    const { stdout, stderr, exitCode } = await asked(cli, args, server.port);
    const line = linesOf(`${stdout}\n${stderr}`).find((each) => each.includes('] Deployment'));
    return { line, exitCode, all: stdout + stderr };
  };

  test('says in the line what had to be asked again', async ({ cli }) => {
    const tooMany = { status: 429, headers: { 'retry-after': '1' } };
    await using server = await serveUnrulyApi({
      trouble: ({ path: at }, count) => (at.endsWith('/deployments') && count < 8 ? tooMany : undefined),
    });
    server.put(place, deployment(1));
    const { line } = await lineOfDeployment(cli, server);
    expect(line).toMatch(
      /^\[ok\] Deployment .*; the API server said 429 (once|twice|three times|\d times), answered after \d/,
    );
  });

  test('waits for a Deployment that is ready after 3 s, though its watch is silent', async ({ cli }) => {
    await using server = await serveUnrulyApi();
    server.put(place, deployment(0));
    const becomes = delay(3000).then(() => server.put(place, deployment(1)));
    const { line } = await lineOfDeployment(cli, server);
    await becomes;
    expect(line).toMatch(/^\[ok\] Deployment/);
  });

  test('that is asked for too long is red, in time, with what was said', async ({ cli }) => {
    await using server = await serveUnrulyApi({ trouble: () => ({ status: 503 }) });
    const { line, exitCode } = await lineOfDeployment(cli, server, '3');
    expect(line).toMatch(
      /^\[FAIL\] Deployment .*503 Service Unavailable; the API server said 503 \S+ times, given up after [23]\.\d s/,
    );
    expect(line).toContain('look first: the API server or what stands before it has trouble');
    expect(exitCode).toBe(1);
  });

  test.for<readonly [string, () => Promise<AsyncDisposable & { readonly port: number }>]>([
    ['is not there', async () => ({ port: await closedPort(), [Symbol.asyncDispose]: async () => undefined })],
    ['takes no request', () => serveTcp(() => undefined)],
  ])('waits once for a server that %s', async ([, serve], { cli }) => {
    await using server = await serve();
    const file = path.join(cli.folder, `lost-${server.port}`);
    const text = await readFile(await kubeconfig(cli, server.port), 'utf8');
    await writeFile(file, text.replace('http://', 'https://').replace('"user":{}', '"user":{"token":"a-token"}'));
    await using stub = await serveStub(cli.authority);
    const args = cli.installArgs(stub.port, '--rollout-timeout', '20').filter((arg) => arg !== '--skip-cluster-checks');
    const { stdout, stderr, durationMs, exitCode } = await cli.run([...args, '--kubeconfig', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^\[FAIL\] Deployment .*could not be asked: 127\.0\.0\.1/);
    const version = linesOf(stdout).find((line) => line.includes('GET /version'));
    expect(version).toContain('images of the pods not compared: 127.0.0.1');
    expect(version).not.toContain('given up after');
    // 15 s once, not once for each check.
    expect(durationMs).toBeLessThan(25_000);
  });

  test.for(noApis)('calls a server that answers %s what it is', async ([, trouble], { cli }) => {
    await using server = await serveUnrulyApi({ trouble: () => trouble });
    const { line, exitCode, all } = await lineOfDeployment(cli, server);
    expect(line).toMatch(/^\[FAIL\] Deployment .*what answers at http:\/\/127.0.0.1:\d+ is not the Kubernetes API: /);
    expect(all).not.toContain('defect');
    expect(exitCode).toBe(1);
  });
});

describe.concurrent('pr-smoke reap', () => {
  const reap = (cli: PublishedCli, port: number) => asked(cli, ['pr-smoke', 'reap', '--older-than', '1m'], port);
  const old = new Date(Date.now() - 7_200_000).toISOString();
  const left = {
    metadata: {
      name: 'meho-ci-7',
      labels: { 'meho.io/managed-by': 'pr-smoke', 'meho.io/pr-number': '7' },
      creationTimestamp: old,
    },
  };

  test.for(noApis)('has looked at nothing where the server answers %s', async ([, trouble], { cli }) => {
    await using server = await serveUnrulyApi({ trouble: () => trouble });
    const { exitCode, stdout, stderr } = await reap(cli, server.port);
    expect(stderr).toMatch(/^\[FAIL\] Namespaces of smokes are listed: .*is not the Kubernetes API.*look first: /);
    expect([exitCode, stdout]).toEqual([1, '']);
  });

  test.for<readonly [number, RegExp]>([
    [401, /401 Unauthorized; look first: the credentials of the kubeconfig are not accepted/],
    [
      403,
      /403 Forbidden; look first: give the identity of the kubeconfig the right to list namespaces in the whole cluster; check with: kubectl auth can-i list namespaces/,
    ],
    [500, /500 Internal Server Error; .*look first: the API server or what stands before it has trouble/],
  ])('is red by its own hint where the server says %d', async ([status, line], { cli }) => {
    await using server = await serveUnrulyApi({ trouble: () => ({ status }) });
    const { exitCode, stdout, stderr } = await reap(cli, server.port);
    expect(stderr).toMatch(line);
    expect([exitCode, stdout]).toEqual([1, '']);
  });

  const isReview = ({ path: at }: { readonly path: string }) => at.endsWith('/selfsubjectreviews');

  test('takes the time from the answers of a server that serves no review of the asker', async ({ cli }) => {
    await using server = await serveUnrulyApi({
      trouble: (request) => (isReview(request) ? { status: 404, body: '404 page not found' } : undefined),
    });
    server.put('/api/v1/namespaces/meho-ci-7', left);
    const { exitCode, stdout, stderr } = await reap(cli, server.port);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\[ok\] meho-ci-7: removed: it is 2 h old, /);
    expect([exitCode, server.objects.size]).toEqual([0, 0]);
  });

  test('does not blame the list where the time is not told', async ({ cli }) => {
    await using server = await serveUnrulyApi({
      trouble: (request) => (isReview(request) ? { status: 401 } : undefined),
    });
    server.put('/api/v1/namespaces/meho-ci-7', left);
    const { exitCode, stderr } = await reap(cli, server.port);
    expect(stderr).toMatch(/^\[FAIL\] The API server tells its time: .*selfsubjectreviews: 401/);
    expect([exitCode, server.objects.size]).toEqual([1, 1]);
  });

  test('does not say of an answer that is none that nothing was removed', async ({ cli }) => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>log in' };
    let isOut = false;
    await using server = await serveUnrulyApi({
      trouble: ({ method }) => {
        isOut ||= method === 'DELETE';
        return isOut ? page : undefined;
      },
    });
    server.put('/api/v1/namespaces/meho-ci-7', left);
    const { exitCode, stderr } = await reap(cli, server.port);
    expect(stderr).toMatch(/^\[FAIL\] meho-ci-7: whether it is gone is not known: .*is not the Kubernetes API/);
    expect(exitCode).toBe(1);
  });

  test('is red where the server is down', async ({ cli }) => {
    const { exitCode, stderr } = await reap(cli, await closedPort());
    expect(stderr).toMatch(/refused the connection .+ times, given up after [12]\.\d s; look first: /);
    expect(exitCode).toBe(1);
  });

  test.for<readonly [string, Trouble]>([
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['500', { status: 500 }],
    ['a reset', 'reset'],
    ['a lost answer', 'reset after it was done'],
  ])('leaves nothing behind after %s on the removal, and says so', async ([, trouble], { cli }) => {
    let troubles = 2;
    const goes: UnrulyOptions['trouble'] = ({ method }) => {
      troubles -= method === 'DELETE' ? 1 : 0;
      return method === 'DELETE' && troubles >= 0 ? trouble : undefined;
    };
    await using server = await serveUnrulyApi({ trouble: goes });
    server.put('/api/v1/namespaces/meho-ci-7', left);
    const { exitCode, stdout } = await reap(cli, server.port);
    expect(stdout).toMatch(/^\[ok\] meho-ci-7: removed: .*; the API server .* twice, answered after/);
    expect(exitCode).toBe(0);
    expect([...server.objects.keys()]).toEqual([]);
  });

  test('ends at once on Ctrl-C, whatever the server asks it to wait', async ({ cli }) => {
    await using server = await serveUnrulyApi({
      trouble: () => ({ status: 429, headers: { 'retry-after': '10' } }),
    });
    const child = spawn(process.execPath, [
      ...[cli.program, 'pr-smoke', 'reap', '--kubeconfig', await kubeconfig(cli, server.port)],
    ]);
    const exited = once(child, 'exit');
    while (server.requests.length === 0) {
      await delay(20);
    }
    const started = performance.now();
    child.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(performance.now() - started).toBeLessThan(9_000);
  });
});

describe.concurrent('rke2-access', () => {
  test.for<readonly [string, string, Trouble]>([
    ['429 on the removal', 'DELETE', { status: 429, headers: { 'retry-after': '1' } }],
    ['500 on the removal', 'DELETE', { status: 500 }],
    ['a reset of the removal', 'DELETE', 'reset'],
    ['500 on the creation', 'POST', { status: 500 }],
    ['a lost answer to the creation', 'POST', 'reset after it was done'],
  ])('leaves nothing behind after %s', async ([, method, trouble], { cli }) => {
    let isOver = false;
    const goes: UnrulyOptions['trouble'] = (request) => {
      const isIt = !isOver && request.method === method && /^\/api\/v1\/namespaces(\/[^/]+)?$/.test(request.path);
      isOver ||= isIt;
      return isIt ? trouble : undefined;
    };
    await using server = await serveUnrulyApi({ trouble: goes });
    const { exitCode, stdout, stderr } = await asked(cli, ['rke2-access'], server.port);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/the API server (said|closed).* once, answered after/);
    expect(exitCode).toBe(0);
    expect([...server.objects.keys()]).toEqual([]);
    expect(server.requests.filter((each) => each === 'POST /api/v1/namespaces').length).toBeLessThanOrEqual(2);
  });
});
