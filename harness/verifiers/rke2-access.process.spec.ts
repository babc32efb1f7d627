import path from 'node:path';
import { expect, vi } from 'vitest';
import { type Answerer, serveStubApi, statusOf, writeKubeconfig } from '../kube/testing/stub-api-server.ts';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

// Each test starts a process.
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

test('a 404 that is not the API server’s shows no right to read logs', async ({ cli }) => {
  const { exitCode, stderr } = await access(cli, ({ url = '' }) =>
    url.endsWith('/log') ? { status: 404, body: 'no such page' } : undefined,
  );
  expect(stderr).toContain('[FAIL] It can read the logs of pods');
  expect(exitCode).toBe(1);
});
