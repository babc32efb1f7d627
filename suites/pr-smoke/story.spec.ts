import path from 'node:path';
import {
  createLabIdentity,
  describe,
  expect,
  holds,
  needs,
  notYet,
  prSmokeInput,
  runPrSmoke,
  runReap,
  secretsIn,
  test,
  waitFor,
} from '@meho/harness/test';
import { namespaces, pods } from '@meho/kube/api/resource';

needs('a managed cluster', 'managed services');

const ids = (output: string) => [...output.matchAll(/^\[(\w+)\]/gm)].map(([, status]) => status);

// In parallel, like pull requests.
describe.concurrent('the smoke of a pull request', () => {
  test('comes to a verdict, writes the comment and leaves nothing', async ({ environment, newSite, signal }) => {
    const target = await newSite('pr-green');
    await using input = await prSmokeInput(environment, target, 701);
    // With the rights of deploy/lab-identity/ only.
    await using lab = await createLabIdentity(environment.api, path.dirname(input.summaryFile));
    const token = await environment.openId.token('operator', { kind: 'sound' });
    // From an earlier run whose runner was switched off.
    const labels = { 'meho.io/managed-by': 'pr-smoke', 'meho.io/pr-number': '701' };
    await environment.api.create(namespaces, undefined, { metadata: { name: 'meho-ci-701', labels } });
    const end = await runPrSmoke(input, {
      flags: { kubeconfig: lab.kubeconfigFile, 'bind-role': lab.role },
      env: { MEHO_ACCESS_TOKEN: token, DATABASE_URL: target.database.urlFromTests() },
      more: ['--enforce-budget'],
    });
    process.stderr.write(`${end.stdout}\n`);
    expect({ exitCode: end.exitCode, stderr: end.stderr }).toEqual({ exitCode: 0, stderr: '' });
    // Namespace, install, five checks without a token, five legs, tear-down, budget.
    expect(ids(end.stdout)).toEqual(Array.from({ length: 14 }, () => 'ok'));
    expect(end.stdout).toContain('what an earlier run had left was removed');
    expect(end.stdout).toMatch(/^(namespace|install|smoke|tear-down) .* %$/m);
    expect(end.summary).toContain('### Smoke of pull request 701: passed');
    expect(end.stepSummary).toBe(`${end.summary}\n`);
    const url = new URL(target.database.urlFromPods());
    const everything = `${end.stdout}${end.stderr}${end.summary}`;
    expect(secretsIn(everything, { token, password: url.password })).toEqual([]);
    expect(await environment.api.find(namespaces, undefined, 'meho-ci-701', { signal })).toBeUndefined();
  });

  test('that can’t install says why, and is taken down', async ({ environment, newSite, signal }) => {
    await using input = await prSmokeInput(environment, await newSite('pr-broken'), 702);
    const end = await runPrSmoke(input, { flags: { 'image-tag': 'no-such-tag' } });
    expect(end.exitCode).toBe(1);
    expect(end.stderr).toMatch(/^\[FAIL\] The chart installs: .*no-such-tag.*; look first: /m);
    expect(end.stdout).toMatch(/^\[note\] GET \/healthz.*: not made: there is no install to look at$/m);
    expect(end.stdout).toMatch(/^\[ok\] The namespace is removed: /m);
    expect(end.summary).toContain('### Smoke of pull request 702: **failed**');
    expect(end.summary).toMatch(/diagnosis[\s\S]*no-such-tag[\s\S]*<\/pre>/);
    expect(await environment.api.find(namespaces, undefined, 'meho-ci-702', { signal })).toBeUndefined();
  });

  test('that is interrupted in its middle cleans up and ends with 130', async ({ environment, newSite, signal }) => {
    await using input = await prSmokeInput(environment, await newSite('pr-interrupted'), 703);
    let pid = 0;
    // In the midst of the install: a pod is there, and Helm waits.
    const onceInstalling = () =>
      waitFor(
        'the release of the pull request',
        async () => {
          const { items } = await environment.api.list(pods, { namespace: 'meho-ci-703' }, { signal });
          return items.length > 0 ? holds(items.length) : notYet('no pod');
        },
        { deadlineMs: 120_000, signal },
      );
    let interrupted: Promise<unknown> | undefined;
    const end = await runPrSmoke(input, {
      onStarted: (started) => {
        pid = started;
      },
      onLine: (line) => {
        if (line.startsWith('[ok] The namespace is made')) {
          interrupted = onceInstalling().then(() => process.kill(pid, 'SIGINT'));
        }
      },
    });
    await interrupted;
    expect(end.exitCode).toBe(130);
    expect(end.stderr).toMatch(/^\[FAIL\] The chart installs: .*stopped: interrupted by SIGINT/m);
    expect(end.stdout).toMatch(/^\[ok\] The namespace is removed: namespace meho-ci-703 is gone/m);
    expect(end.summary).toContain('### Smoke of pull request 703: **interrupted**');
    expect(await environment.api.find(namespaces, undefined, 'meho-ci-703', { signal })).toBeUndefined();
  });

  test('is stopped hard at its bound, and says so', async ({ environment, newSite, signal }) => {
    await using input = await prSmokeInput(environment, await newSite('pr-slow'), 704);
    const end = await runPrSmoke(input, { flags: { 'hard-stop': '3' } });
    expect(end.exitCode).toBe(1);
    expect(end.stderr).toMatch(/stopped: the hard stop after 3 s; what was made is removed/);
    expect(end.stdout).toMatch(/^\[ok\] The namespace is removed: /m);
    expect(await environment.api.find(namespaces, undefined, 'meho-ci-704', { signal })).toBeUndefined();
  });

  test('leaves a namespace alone that isn’t a smoke’s', async ({ environment, newSite, onTestFinished, signal }) => {
    await using input = await prSmokeInput(environment, await newSite('pr-foreign'), 705);
    const { api, request } = environment;
    const metadata = { name: 'meho-ci-705', labels: { ...request.labels } };
    const { metadata: made } = await api.create(namespaces, undefined, { metadata }, { signal });
    onTestFinished(() => api.delete(namespaces, undefined, 'meho-ci-705'));
    const end = await runPrSmoke(input);
    expect(end.exitCode).toBe(2);
    // Prints the context it would use, then only the error.
    expect(end.stdout).toMatch(/^using context .*$/);
    expect(end.stderr.split('\n')[0]).toMatch(/^error: namespace meho-ci-705 is there already and doesn't carry/);
    expect(await api.get(namespaces, undefined, 'meho-ci-705')).toMatchObject({
      metadata: { uid: made?.uid, labels: metadata.labels },
      status: { phase: 'Active' },
    });
  });
});

describe('reap', () => {
  test('removes what killed runs left, and nothing else', async ({ environment, onTestFinished, signal }) => {
    const { api } = environment;
    const claim = (pr: string) => ({ 'meho.io/managed-by': 'pr-smoke', 'meho.io/pr-number': pr });
    // Past their limit at once: no process stands for these runs.
    const over = { 'meho.io/run-at-most-seconds': '0' };
    const made = {
      'meho-ci-711': { labels: claim('711'), annotations: over },
      'meho-ci-712': { labels: claim('712') },
      'meho-ci-713': { labels: { 'meho.io/managed-by': 'pr-smoke' }, annotations: over },
      'meho-ci-714': { labels: { 'meho.io/managed-by': 'acceptance', 'meho.io/pr-number': '714' }, annotations: over },
      'meho-ci-other': { labels: claim('715'), annotations: over },
      'meho-ci-verify-0a1b2c3d': { labels: { 'meho.io/managed-by': 'rke2-access' }, annotations: over },
      'meho-ci-verify-team-a': { labels: { 'meho.io/managed-by': 'rke2-access' }, annotations: over },
    };
    onTestFinished(async () => {
      await Promise.all(Object.keys(made).map((name) => api.delete(namespaces, undefined, name)));
    });
    for (const [name, metadata] of Object.entries(made)) {
      await api.create(namespaces, undefined, { metadata: { name, ...metadata } }, { signal });
    }
    const left = async () => {
      const { items } = await api.list(namespaces, {}, { signal });
      return items.flatMap(({ metadata: { name = '' } = {} }) => (name in made ? [name] : [])).toSorted();
    };
    const young = await runReap(environment, ['--older-than', '2h']);
    expect(young).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/711: left: it is \d+ s old, younger/) });
    const dry = await runReap(environment, ['--older-than', '0s', '--dry-run']);
    expect(dry.stdout).toMatch(/^\[note\] meho-ci-711: would remove: it is \d+ s old, and it is past the 0 min/m);
    expect(dry.stdout).toMatch(/^reap: 2 would be removed, 4 left, 0 failed$/m);
    expect(await left()).toEqual(Object.keys(made));
    const done = await runReap(environment, ['--older-than', '0s']);
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).toMatch(/^\[ok\] meho-ci-711: removed: /m);
    expect(done.stdout).toMatch(/^\[ok\] meho-ci-verify-0a1b2c3d: removed: /m);
    expect(done.stdout).toMatch(/^\[note\] meho-ci-verify-team-a: left: its name and labels don't agree/m);
    expect(done.stdout).toMatch(/^\[note\] meho-ci-712: left: .* within the 24 min that a run may last$/m);
    expect(done.stdout).toMatch(/^\[note\] meho-ci-713: left: its name and labels don't agree/m);
    expect(done.stdout).toMatch(/^\[note\] meho-ci-other: left: its name and labels don't agree/m);
    expect(done.stdout).not.toContain('714');
    expect(await left()).toEqual([
      'meho-ci-712',
      'meho-ci-713',
      'meho-ci-714',
      'meho-ci-other',
      'meho-ci-verify-team-a',
    ]);
  });
});
