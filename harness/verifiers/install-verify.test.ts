import path from 'node:path';
import { describe, expect, vi } from 'vitest';
import { type Behaviour, json, STUB_SHA, serveStub } from '../contract/testing/stub-backplane.ts';
import { type Answerer, serveStubApi, statusOf, writeKubeconfig } from '../kube/testing/stub-api-server.ts';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

// Each test starts a process.
vi.setConfig({ testTimeout: cliDeadlineMs });

const replicas = 3;
const labels = { 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': 'meho' };
const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
const isTrue = (type: string) => ({ type, status: 'True' });
const deployment = {
  metadata: { name: 'meho', generation: 1, labels },
  spec: { replicas, template: { spec: { containers: [{ name: 'backplane', image: 'meho:2' }] } } },
  status: { observedGeneration: 1, ...counts, conditions: [isTrue('Available')] },
};
const job = {
  metadata: { name: 'meho-migrate', labels },
  spec: { completions: 1 },
  status: { succeeded: 1, conditions: [isTrue('Complete')] },
};

function pod(name: string, image: string) {
  return {
    metadata: { name, labels },
    spec: { containers: [{ name: 'backplane', image }] },
    status: { phase: 'Running', conditions: [isTrue('Ready')] },
  };
}

const list = (items: readonly object[]) => ({
  status: 200,
  body: { kind: 'List', metadata: { resourceVersion: '1' }, items },
});

/** A release that is up, whose pods run these images. */
const up = (...images: readonly string[]): Answerer => {
  return ({ url = '' }) => {
    const { pathname } = new URL(url, 'https://stub');
    const answers: Readonly<Record<string, readonly object[]>> = {
      '/apis/apps/v1/namespaces/meho/deployments': [deployment],
      '/apis/batch/v1/namespaces/meho/jobs': [job],
      '/api/v1/namespaces/meho/pods': images.map((image, index) => pod(`meho-${index + 1}`, image)),
    };
    const items = answers[pathname];
    return items === undefined ? undefined : list(items);
  };
};

async function verify(cli: PublishedCli, cluster: Answerer | undefined, version?: Behaviour) {
  const keyPair = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  await using api = await serveStubApi(keyPair, cluster ?? (() => undefined));
  await using host = await serveStub(cli.authority, version === undefined ? {} : { '/version': version });
  const kubeconfig = await writeKubeconfig(path.join(cli.folder, 'install.yaml'), cli.ca, api.port);
  const args = cli.installArgs(host.port);
  return await cli.run(
    cluster === undefined
      ? args
      : [...args.filter((arg) => arg !== '--skip-cluster-checks'), '--kubeconfig', kubeconfig],
  );
}

const id = { 'x-request-id': 'one' };
const build = (git_sha: string) => json(200, { git_sha, build_date: 'x', chart_version: '0.1.0' }, id);
const other = '0123456789abcdef0123456789abcdef01234567';

describe('a replica of another build beside good ones', () => {
  test('is met among ten answers, without a look at the cluster', async ({ cli }) => {
    let asks = 0;
    const inTurn: Behaviour = (request, response) => {
      asks += 1;
      return (asks % replicas === 0 ? build(other) : build(STUB_SHA))(request, response);
    };
    const { exitCode, stderr } = await verify(cli, undefined, inTurn);
    expect(linesOf(stderr)).toEqual([
      expect.stringContaining(`seen git_sha ${other}; look first: another build answers`),
    ]);
    expect(exitCode).toBe(1);
    expect(asks).toBe(10);
  });

  test('is seen in the cluster where no answer came from it', async ({ cli }) => {
    const { exitCode, stderr } = await verify(cli, up('meho:2', 'meho:1', 'meho:2'));
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/GET \/version .*10 times of 10; meho:2 in meho-1, meho-3; meho:1 in meho-2; look first: /),
    ]);
    expect(exitCode).toBe(1);
  });
});

test('replicas of one build hold', async ({ cli }) => {
  const { exitCode, stdout, stderr } = await verify(cli, up('meho:2', 'meho:2', 'meho:2'));
  expect(stderr).toBe('');
  expect(stdout).toMatch(/\[ok\] GET \/version is build .*, 10 times of 10\n/);
  expect(exitCode).toBe(0);
});

test('pods that may not be listed are said not to have been compared', async ({ cli }) => {
  const healthy = up();
  const { exitCode, stdout } = await verify(cli, (request, sent) =>
    request.url?.includes('/pods') === true
      ? statusOf(403, 'Forbidden', 'pods is forbidden: User "lab" cannot list resource "pods"')
      : healthy(request, sent),
  );
  expect(stdout).toMatch(/\[ok\] GET \/version .*images of the pods not compared: .*403 Forbidden/);
  expect(exitCode).toBe(0);
});
