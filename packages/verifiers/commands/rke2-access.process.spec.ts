import path from 'node:path';
import { type Answerer, serveStubApi, statusOf, writeKubeconfig } from '@meho/kube/testing/stub-api-server';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from '../testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

async function access(cli: PublishedCli, answer: Answerer, ...more: readonly string[]) {
  const keyPair = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  await using server = await serveStubApi(keyPair, answer);
  const kubeconfig = await writeKubeconfig(path.join(cli.folder, 'access.yaml'), cli.ca, server.port);
  return await cli.run(['rke2-access', '--kubeconfig', kubeconfig, ...more]);
}

const reviewOf = (namespace: string, status: object): Answerer => {
  return ({ url = '' }, body) => {
    const asked = body as { readonly spec?: { readonly resourceAttributes?: { readonly namespace?: string } } };
    const isIt = url.endsWith('/selfsubjectaccessreviews') && asked.spec?.resourceAttributes?.namespace === namespace;
    return isIt ? { status: 201, body: { status } } : undefined;
  };
};

test('an identity with just its rights holds, and the no is the API server’s', async ({ cli }) => {
  const reason = 'RBAC: clusterrole.rbac.authorization.k8s.io "edit-all" not found';
  const { exitCode, stdout } = await access(cli, reviewOf('meho', { allowed: false, reason }));
  expect(stdout).toContain(`[ok] It can't delete pods in meho: the API server says no (${reason})`);
  expect(exitCode).toBe(0);
});

test('an authorizer that failed has not said no', async ({ cli }) => {
  const evaluationError = 'Post "https://authz.example.com/": context deadline exceeded';
  const { exitCode, stderr } = await access(cli, reviewOf('kube-system', { allowed: false, evaluationError }));
  expect(linesOf(stderr)).toEqual([
    expect.stringContaining(`[FAIL] It can't delete pods in kube-system: expected`),
    expect.stringContaining(`[FAIL] It can't create deployments in kube-system: expected`),
  ]);
  expect(stderr).toContain(`could not decide: ${evaluationError}`);
  expect(exitCode).toBe(1);
});

test('an authorizer that denies outright has said no, whatever another one failed at', async ({ cli }) => {
  const status = { allowed: false, denied: true, evaluationError: 'webhook: timeout' };
  const { exitCode, stderr } = await access(cli, reviewOf('kube-system', status));
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});

const forbidden: Answerer = ({ method, url = '' }) =>
  method === 'POST' && url.includes('dryRun')
    ? statusOf(
        403,
        'Forbidden',
        'jobs.batch is forbidden: User "lab" cannot create resource "jobs" in API group "batch"',
      )
    : undefined;

test('rights that are missing name the flag that gives them', async ({ cli }) => {
  const { exitCode, stderr } = await access(cli, forbidden);
  const lines = linesOf(stderr);
  expect(lines).toHaveLength(8);
  expect(lines.filter((line) => line.includes('--bind-role NAME'))).toHaveLength(8);
  expect(exitCode).toBe(1);
});

test('what admission refuses is not called a missing right', async ({ cli }) => {
  const message =
    'pods "meho-verify" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0';
  const { stderr } = await access(cli, ({ method, url = '' }) =>
    method === 'POST' && url.includes('deployments?dryRun') ? statusOf(403, 'Forbidden', message) : undefined,
  );
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/exceeded quota.*look first: .*policy, quota or webhook/)]);
});

const creation = 'deployments.apps "meho-verify" is forbidden';

test.for<[string, number, string, RegExp]>([
  [
    'a webhook, by a status of its own',
    400,
    'admission webhook "validate.kyverno.svc-fail" denied the request: labels are missing',
    /admission refuses the object/,
  ],
  [
    'a policy of the server',
    422,
    `${creation}: ValidatingAdmissionPolicy 'images' with binding 'images' denied request: no such registry`,
    /admission refuses the object/,
  ],
  [
    'a webhook that can not be called',
    500,
    'Internal error occurred: failed calling webhook "mutate.example.com": connect: connection refused',
    /webhook of the cluster can not be called.*kubectl get validatingwebhookconfigurations/,
  ],
])('a right that %s stands in the way of is not called missing', async ([, status, message, hint], { cli }) => {
  const { exitCode, stderr } = await access(cli, ({ method, url = '' }) =>
    method === 'POST' && url.includes('deployments?dryRun') ? statusOf(status, 'Refused', message) : undefined,
  );
  expect(linesOf(stderr)).toEqual([expect.stringMatching(hint)]);
  expect([exitCode, stderr]).toEqual([1, expect.not.stringMatching(/--bind-role|auth can-i/)]);
});

test('a namespace that admission refuses to make is no missing right either', async ({ cli }) => {
  const { stderr } = await access(cli, ({ method, url }) =>
    method === 'POST' && url === '/api/v1/namespaces'
      ? statusOf(403, 'Forbidden', 'admission webhook "names.example.com" denied the request: no project')
      : undefined,
  );
  expect(stderr).toMatch(/^\[FAIL\] It can create a namespace .*look first: the right is there, and admission refuses/);
});

test('a 404 that is not the API server’s shows no right to read logs', async ({ cli }) => {
  const { exitCode, stderr } = await access(cli, ({ url = '' }) =>
    url.endsWith('/log') ? { status: 404, body: 'no such page' } : undefined,
  );
  expect(stderr).toContain('[FAIL] It can read the logs of pods');
  expect(exitCode).toBe(1);
});

/** As an API server of that version: its reviews are v1beta1 from 1.27 on, where that is switched on. */
const ofVersion =
  (gitVersion: string, beta?: object): Answerer =>
  ({ url = '' }) => {
    if (url === '/version') {
      return { status: 200, body: { major: '1', minor: gitVersion.split('.')[1], gitVersion } };
    }
    if (!url.endsWith('/selfsubjectreviews')) {
      return undefined;
    }
    return beta !== undefined && url.includes('/v1beta1/')
      ? { status: 201, body: { kind: 'SelfSubjectReview', status: { userInfo: beta } } }
      : statusOf(404, 'NotFound', 'the server could not find the requested resource');
  };

test.for(['v1.27.16', 'v1.26.5+k3s1', 'v1.24.17-gke.200'])(
  'API server %s cannot say who asks: a note, and all else is looked at',
  async (version, { cli }) => {
    const { exitCode, stdout, stderr } = await access(cli, ofVersion(version));
    expect(stderr).toBe('');
    expect(stdout).toContain(
      `[note] The API server knows the identity: not made: the API server is ${version}, and SelfSubjectReview came with v1.28; its refusals name the user: kubectl get --raw /no-such-path`,
    );
    expect(stdout).toContain("[ok] It can't delete pods in meho");
    expect(exitCode).toBe(0);
  },
);

test('it cannot bind a role to a name that nobody says: before anything is made, and with what to do', async ({
  cli,
}) => {
  const made: string[] = [];
  const old = ofVersion('v1.26.5+k3s1');
  const watching: Answerer = (request, body) => {
    if (request.method === 'POST' && request.url === '/api/v1/namespaces') {
      made.push(request.url);
    }
    return old(request, body);
  };
  const { exitCode, stderr } = await access(cli, watching, '--bind-role', 'edit');
  expect(stderr).toContain('leave --bind-role out');
  expect(linesOf(stderr)).toHaveLength(1);
  expect([exitCode, made]).toEqual([1, []]);
});

test('the beta of 1.27 counts where it is on', async ({ cli }) => {
  const { exitCode, stdout } = await access(cli, ofVersion('v1.27.3', { username: 'ada' }));
  expect(stdout).toContain('[ok] The API server knows the identity: ada');
  expect(exitCode).toBe(0);
});

test('a newer API server that has no such review stays unknown, never a note', async ({ cli }) => {
  const { exitCode, stderr } = await access(cli, ofVersion('v1.36.2'));
  expect(stderr).toContain('[FAIL] The API server knows the identity');
  expect(exitCode).toBe(1);
});
