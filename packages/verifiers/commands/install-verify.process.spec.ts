import path from 'node:path';
import { checkIdsWith, explainedBy } from '@meho/contract/registry';
import {
  type Behaviour,
  type Faults,
  json,
  STUB_HOST,
  STUB_SHA,
  serveStub,
} from '@meho/contract/testing/stub-backplane';
import { listKindOf } from '@meho/kube/testing/list-kind';
import { type Answerer, serveStubApi, statusOf, writeKubeconfig } from '@meho/kube/testing/stub-api-server';
import { describe, expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from '../testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

const replicas = 3;
const labels = { 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': 'meho' };
const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
const isTrue = (type: string) => ({ type, status: 'True' });
const deployed = (spec: object, status: object) => ({
  metadata: { name: 'meho', generation: 1, labels },
  spec: { replicas, template: { spec: { containers: [{ name: 'backplane', image: 'meho:2' }] } }, ...spec },
  status: { observedGeneration: 1, ...counts, conditions: [isTrue('Available')], ...status },
});
const deployment = deployed({}, {});
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

const list = (request: Parameters<typeof listKindOf>[0], items: readonly object[]) => ({
  status: 200,
  body: { kind: listKindOf(request), metadata: { resourceVersion: '1' }, items },
});

const up = (...images: readonly string[]): Answerer =>
  release(
    deployment,
    images.map((image, index) => pod(`meho-${index + 1}`, image)),
  );

function release(found: object, pods: readonly object[] = []): Answerer {
  return (request) => {
    const { pathname } = new URL(request.url ?? '', 'https://stub');
    const answers: Readonly<Record<string, readonly object[]>> = {
      '/apis/apps/v1/namespaces/meho/deployments': [found],
      '/apis/batch/v1/namespaces/meho/jobs': [job],
      '/api/v1/namespaces/meho/pods': pods,
      '/api/v1/namespaces/meho/services': [
        { metadata: { name: 'meho' }, spec: { ports: [{ port: 80, targetPort: 'http' }] } },
      ],
    };
    const items = answers[pathname];
    return items === undefined ? undefined : list(request, items);
  };
}

async function verify(cli: PublishedCli, cluster: Answerer | undefined, faults: Faults = {}) {
  const keyPair = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  await using api = await serveStubApi(keyPair, cluster ?? (() => undefined));
  await using host = await serveStub(cli.authority, faults);
  const kubeconfig = await writeKubeconfig(path.join(cli.folder, `install-${api.port}.yaml`), cli.ca, api.port);
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
    const { exitCode, stderr } = await verify(cli, undefined, { '/version': inTurn });
    expect(linesOf(stderr)).toEqual([
      expect.stringContaining(`seen git_sha ${other}; page: docs/checks/version.md; look first: another build answers`),
    ]);
    expect(exitCode).toBe(1);
    expect(asks).toBe(10);
  });

  test('is seen in the cluster where no answer came from it', async ({ cli }) => {
    const { exitCode, stderr } = await verify(cli, up('meho:2', 'meho:1', 'meho:2'));
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(
        /GET \/version .*10 times of 10; meho:2 in meho-1, meho-3; meho:1 in meho-2; page: docs\/checks\/version\.md; look first: /,
      ),
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

describe.concurrent('a host behind which nothing serves', () => {
  const explained = (inputs: Parameters<typeof checkIdsWith>[1]) =>
    explainedBy('install-verify', 'deployment-available').filter((id) =>
      checkIdsWith('install-verify', inputs).includes(id),
    );
  const busy = json(503, {});
  const unserved: Faults = { '/healthz': busy, '/version': busy, anonymous: busy, operator: busy };
  const silent = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0, conditions: [] };

  test('at a Deployment of 0 is one failure, and the others are notes that name it', async ({ cli }) => {
    const { exitCode, stdout, stderr } = await verify(cli, release(deployed({ replicas: 0 }, silent)), unserved);
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/Deployment is available: .*scaled to 0.* scale deployment meho --replicas=1$/),
    ]);
    expect(
      linesOf(stdout).filter((line) => line.includes('deployment-available failed, which explains it')),
    ).toHaveLength(explained(['https']).length);
    expect(exitCode).toBe(1);
  });

  test('without a Deployment is one failure: that there is none', async ({ cli }) => {
    const { exitCode, stdout, stderr } = await verify(
      cli,
      (request) => {
        const { pathname } = new URL(request.url ?? '', 'https://stub');
        return pathname.startsWith('/api') && request.method === 'GET' ? list(request, []) : undefined;
      },
      unserved,
    );
    expect(linesOf(stderr)).toEqual([expect.stringMatching(/^\[FAIL\] Deployment is available: .*no Deployment/)]);
    expect(
      linesOf(stdout).filter((line) => line.includes('deployment-available failed, which explains it')),
    ).toHaveLength(explained(['https', 'cluster']).length);
    expect(exitCode).toBe(1);
  });

  test('is one failure, too, where a neighbour answers for the release that isn’t there', async ({ cli }) => {
    const others = { 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': 'lab' };
    const answering = { ...pod('lab-1', 'meho:2'), metadata: { name: 'lab-1', labels: others } };
    const rules = [{ host: STUB_HOST, http: { paths: [{ backend: { service: { name: 'lab' } } }] } }];
    const items: Readonly<Record<string, readonly object[]>> = {
      ingresses: [{ metadata: { name: 'lab', namespace: 'meho' }, spec: { rules } }],
      services: [{ metadata: { name: 'lab' }, spec: { ports: [{ port: 80 }], selector: others } }],
      pods: [answering],
      deployments: [],
      jobs: [],
      secrets: [],
    };
    const { exitCode, stdout, stderr } = await verify(cli, (request) => {
      const found = items[new URL(request.url ?? '', 'https://stub').pathname.split('/').at(-1) ?? ''];
      return found === undefined || request.method !== 'GET' ? undefined : list(request, found);
    });
    expect(linesOf(stderr)).toEqual([expect.stringMatching(/^\[FAIL\] Deployment is available: .*no Deployment/)]);
    expect(stdout).toMatch(
      /^\[note\] GET \/version .*deployment-available failed, which explains it \(seen .*lab-1 of release lab/m,
    );
    expect(exitCode).toBe(1);
  });

  test('beside a worker that is well is the failure of the Deployment that serves', async ({ cli }) => {
    const worker = { ...pod('worker-1', 'worker:7'), metadata: { name: 'worker-1', labels: { role: 'worker' } } };
    const answer: Answerer = (request) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'https://stub');
      const down = deployed({ replicas: 0 }, silent);
      const items: Readonly<Record<string, readonly object[]>> = {
        deployments: [{ ...deployment, metadata: { ...deployment.metadata, name: 'worker' } }, down],
        jobs: [job],
        pods: searchParams.get('labelSelector') === 'role=backplane' ? [] : [worker],
        services: [{ metadata: { name: 'meho' }, spec: { ports: [{ port: 80 }], selector: { role: 'backplane' } } }],
      };
      const found = items[pathname.split('/').at(-1) ?? ''];
      return found === undefined ? undefined : list(request, found);
    };
    const { stderr } = await verify(cli, answer, unserved);
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^\[FAIL\] Deployment is available: .*meho is scaled to 0/),
    ]);
  });

  test('is its own failure beside a Deployment that serves', async ({ cli }) => {
    const { stderr } = await verify(cli, up('meho:2'), unserved);
    expect(linesOf(stderr)).toEqual([expect.stringMatching(/^\[FAIL\] GET \/healthz answers: .*503/)]);
  });
});

test('a rollout that somebody has paused is called that, at once', async ({ cli }) => {
  const half = { replicas: 3, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 3 };
  const { stderr } = await verify(cli, release(deployed({ paused: true }, half)));
  expect(linesOf(stderr)).toEqual([
    expect.stringMatching(/is paused in the midst of a rollout: 1 of 3 updated.*rollout resume deployment meho$/),
  ]);
});

describe('an X-Request-ID that is missing', () => {
  const without = json(401, { detail: 'missing_token' });
  const proxy = '/api/v1/namespaces/meho/services/http:meho:80/proxy/api/v1/health';
  const withProxy = (answer: Answerer): Answerer => {
    const healthy = up('meho:2');
    return (request, sent) => (request.url === proxy ? answer(request, sent) : healthy(request, sent));
  };
  const refused = { status: 401, body: { detail: 'missing_token' } };

  test('is the ingress controller’s where the backplane sends it', async ({ cli }) => {
    const sent = withProxy(() => ({ ...refused, headers: { 'x-request-id': 'one' } }));
    const { stderr } = await verify(cli, sent, { anonymous: without });
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(
        /X-Request-ID: .*though the backplane sends one.*what stands before the backplane drops it/,
      ),
    ]);
  });

  test('is the backplane’s where it sends none', async ({ cli }) => {
    const { stderr } = await verify(
      cli,
      withProxy(() => refused),
      { anonymous: without },
    );
    expect(stderr).toMatch(/X-Request-ID: .*the backplane itself sends none/);
  });

  test('is nobody’s yet where it may not be asked past the ingress', async ({ cli }) => {
    const forbidden = withProxy(() => statusOf(403, 'Forbidden', 'services "http:meho:80" is forbidden'));
    const { exitCode, stderr } = await verify(cli, forbidden, { anonymous: without });
    expect(stderr).toMatch(/X-Request-ID: .*was not seen \(.*403 Forbidden.*port-forward "\$\(kubectl/);
    expect(exitCode).toBe(1);
  });
});
