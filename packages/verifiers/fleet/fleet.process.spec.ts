import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { STUB_SHA } from '@meho/contract/testing/stub-backplane';
import { serveTcp } from '@meho/core/http/testing/local-server';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, onTestFinished, vi } from 'vitest';
import fleetSchema from '../report/fleet-output.schema.json' with { type: 'json' };
import outputSchema from '../report/output.schema.json' with { type: 'json' };
import {
  type StandInCluster,
  type StandInRelease,
  serveBackplanes,
  serveCluster,
  standInReleases,
  writeClusterKubeconfig,
} from '../testing/fleet-stand-ins.ts';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from '../testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

const other = '0123456789abcdef0123456789abcdef01234567';

async function serveFleet(cli: PublishedCli, releases: Readonly<Record<string, StandInRelease[]>>) {
  const clusters: StandInCluster[] = [];
  const args: string[] = [];
  for (const [name, own] of Object.entries(releases)) {
    const cluster = await serveCluster(cli.authority, own);
    onTestFinished(() => cluster[Symbol.asyncDispose]());
    clusters.push(cluster);
    args.push('--kubeconfig', await writeClusterKubeconfig(cli.folder, name, { port: cluster.port, ca: cli.ca }));
  }
  const hosts = await serveBackplanes(cli.authority, clusters);
  onTestFinished(() => hosts[Symbol.asyncDispose]());
  const common = ['--cacert', cli.ca, '--connect-to', `127.0.0.1:${hosts.port}`, '--expected-git-sha', STUB_SHA];
  return { clusters, kubeconfigs: args, args: ['fleet', ...args, ...common] };
}

/** Takes connections, and says nothing on them. */
async function silentCluster(cli: PublishedCli): Promise<readonly string[]> {
  const silent = await serveTcp(() => undefined);
  onTestFinished(() => silent[Symbol.asyncDispose]());
  const file = await writeClusterKubeconfig(cli.folder, 'silent', { port: silent.port, ca: cli.ca });
  return ['--kubeconfig', file];
}

test('40 releases on 5 clusters, of which one is silent and one has a broken release, are one verdict', async ({
  cli,
}) => {
  const labs = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`lab-${name}`, standInReleases(name, 10)]));
  const [broken] = labs['lab-c']?.splice(4, 1) ?? [];
  labs['lab-c']?.splice(4, 0, { ...(broken as StandInRelease), gitSha: other });
  const { args } = await serveFleet(cli, labs);
  const junit = path.join(cli.folder, 'fleet.xml');
  const started = performance.now();
  const { exitCode, stdout, stderr } = await cli.run([
    ...args,
    ...(await silentCluster(cli)),
    ...['--request-timeout', '5', '--junit', junit],
  ]);
  expect(linesOf(stderr)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^\\[FAIL\\] lab-c/meho-005/meho: GET /version is build .* seen git_sha ${other}; page: .*; look first: `,
      ),
    ),
    expect.stringMatching(/^\[FAIL\] cluster silent: expected its API server to say .*; seen .*5 s.*; look first: /),
  ]);
  expect(linesOf(stdout).filter((line) => line.startsWith('[ok] lab-'))).toHaveLength(39);
  expect(stdout).toMatch(/\nfleet: failed, 39 of 40 releases hold, 1 of 5 clusters red, [\d.]+ s$/);
  expect(exitCode).toBe(1);
  expect(performance.now() - started).toBeLessThan(30_000);
  const xml = await readFile(junit, 'utf8');
  expect(xml.match(/<testsuite /g)).toHaveLength(41);
  expect(xml.match(/<failure /g)).toHaveLength(2);
});

test('a fleet that holds is green, in a document of the published shape', async ({ cli }) => {
  const { args } = await serveFleet(cli, { 'lab-a': standInReleases('a', 2), 'lab-b': standInReleases('b', 1) });
  const { exitCode, stdout, stderr } = await cli.run([...args, '--output', 'json']);
  const report = JSON.parse(stdout);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(report.releases.map(({ name }: { readonly name: string }) => name)).toEqual([
    ...['lab-a/meho-001/meho', 'lab-a/meho-002/meho', 'lab-b/meho-001/meho'],
  ]);
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
  addFormats.default(ajv);
  ajv.addSchema(outputSchema);
  const validate = ajv.compile(fleetSchema);
  validate(report);
  expect(validate.errors).toBeNull();
  expect(validate({ ...report, exitCode: 1 })).toBe(false);
});

test('without a commit to expect, each release tells its own, and one that tells none is red', async ({ cli }) => {
  const [one, two] = standInReleases('a', 2) as [StandInRelease, StandInRelease];
  const { args } = await serveFleet(cli, { lab: [one, { ...two, gitSha: 'unknown' }] });
  const { exitCode, stderr, stdout } = await cli.run(args.slice(0, -2));
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/^\[FAIL\] lab\/meho-002\/meho: .*git_sha.*unknown/)]);
  expect(stdout).toContain('[ok] lab/meho-001/meho: 6 hold');
  expect(exitCode).toBe(1);
});

test('nothing is asked but by GET', async ({ cli }) => {
  const { args, clusters } = await serveFleet(cli, { lab: standInReleases('a', 3) });
  expect((await cli.run(args)).exitCode).toBe(0);
  expect(clusters[0]?.requests.length).toBeGreaterThan(9);
  expect(clusters[0]?.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
});

describe('a fleet that is empty is never green:', () => {
  test('no release on any cluster', async ({ cli }) => {
    const { args } = await serveFleet(cli, { 'lab-a': [], 'lab-b': [] });
    const { exitCode, stderr, stdout } = await cli.run([...args, '--output=json']);
    expect(stderr).toMatch(/error: no release was asked: cluster lab-a: expected at least one .* cluster lab-b: /);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'error', exitCode: 2 });
    expect(exitCode).toBe(2);
  });

  test('no release on one of them', async ({ cli }) => {
    const { args } = await serveFleet(cli, { 'lab-a': standInReleases('a', 1), 'lab-b': [] });
    const { exitCode, stderr } = await cli.run(args);
    expect(linesOf(stderr)).toEqual([expect.stringMatching(/^\[FAIL\] cluster lab-b: expected at least one release/)]);
    expect(exitCode).toBe(1);
  });

  test('no cluster that can be asked', async ({ cli }) => {
    const { exitCode, stderr } = await cli.run(['fleet', ...(await silentCluster(cli)), '--request-timeout', '1']);
    expect(stderr).toMatch(/error: no release was asked: cluster silent: expected its API server to say .* within 1 s/);
    expect(exitCode).toBe(2);
  });
});

test('a kubeconfig that can not be read ends the run before anything is asked', async ({ cli }) => {
  const { args, clusters } = await serveFleet(cli, { lab: standInReleases('a', 1) });
  const { exitCode, stderr } = await cli.run([...args, '--kubeconfig', path.join(cli.folder, 'none.yaml')]);
  expect(linesOf(stderr)[0]).toMatch(/^error: kubeconfig .*none\.yaml: expected a readable file/);
  expect(exitCode).toBe(2);
  expect(clusters[0]?.requests).toEqual([]);
});

describe('an exec plugin of a kubeconfig', () => {
  async function withPlugin(cli: PublishedCli) {
    const { args, clusters } = await serveFleet(cli, { lab: standInReleases('a', 1), other: standInReleases('b', 1) });
    const command = path.join(cli.folder, 'fleet-plugin');
    const apiVersion = 'client.authentication.k8s.io/v1';
    const status = { token: 'plugin-token-which-is-long-enough' };
    const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
    await writeFile(command, `#!/bin/sh\necho ran >> "$0.calls"\necho '${credential}'\n`);
    await chmod(command, 0o755);
    const user = { exec: { apiVersion, interactiveMode: 'Never', command } };
    const port = clusters[0]?.port ?? 0;
    await writeClusterKubeconfig(cli.folder, 'lab', { port, ca: cli.ca, user });
    const calls = () => readFile(`${command}.calls`, 'utf8').catch(() => '');
    return { args, calls };
  }

  test('is not run without --allow-exec: that cluster is red by name, the others are asked', async ({ cli }) => {
    const { args, calls } = await withPlugin(cli);
    const { exitCode, stderr, stdout } = await cli.run(args);
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^\[FAIL\] cluster lab: .*exec plugin fleet-plugin.*look first: give --allow-exec/),
    ]);
    expect(stdout).toContain('[ok] other/meho-001/meho');
    expect(await calls()).toBe('');
    expect(exitCode).toBe(1);
    const allowed = await cli.run([...args, '--allow-exec']);
    expect({ exitCode: allowed.exitCode, stderr: allowed.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await calls()).toBe('ran\n');
  });
});

test('a release whose namespace vanishes meanwhile is red, by that reason', async ({ cli }) => {
  const { args, clusters } = await serveFleet(cli, { lab: standInReleases('a', 2) });
  const [cluster] = clusters as [StandInCluster];
  cluster.fault = ({ url = '' }) => {
    if (url.startsWith('/apis/apps/v1/namespaces/meho-002/')) {
      cluster.releases.splice(1, 1);
      cluster.fault = undefined;
    }
    return false;
  };
  const { exitCode, stderr } = await cli.run(args);
  expect(linesOf(stderr)[0]).toMatch(
    /^\[FAIL\] lab\/meho-002\/meho: Namespace is there: expected namespace meho-002 .*; seen it is gone; /,
  );
  expect(exitCode).toBe(1);
});

test('an API server that goes away in the midst of a run costs one deadline, not one for each release', async ({
  cli,
}) => {
  const { args, clusters } = await serveFleet(cli, { lab: standInReleases('a', 40), other: standInReleases('b', 5) });
  const [cluster] = clusters as [StandInCluster];
  // Answers which releases there are, then nothing.
  cluster.fault = ({ url = '' }) => url.includes('/namespaces/') || url === '/version';
  const { exitCode, stdout } = await cli.run([...args, '--request-timeout', '2', '--output=json']);
  const report = JSON.parse(stdout);
  expect(exitCode).toBe(1);
  const failed = report.releases.filter(({ outcome }: { readonly outcome: string }) => outcome === 'failed');
  expect(failed.map(({ cluster: name }: { readonly cluster: string }) => name)).toEqual(Array(40).fill('lab'));
  const lost = failed.filter(({ checks }: { readonly checks: readonly { readonly id: string }[] }) =>
    checks.every(({ id }) => id === 'cluster-asked'),
  );
  expect(lost.length).toBeGreaterThan(20);
  expect(report.durationMs).toBeLessThan(25_000);
});

test('releases that two kubeconfigs of one cluster lead to are asked once, which is said', async ({ cli }) => {
  const { args, clusters } = await serveFleet(cli, { lab: standInReleases('a', 2) });
  const again = await writeClusterKubeconfig(cli.folder, 'again', { port: clusters[0]?.port ?? 0, ca: cli.ca });
  const { exitCode, stdout } = await cli.run([...args, '--kubeconfig', again]);
  expect(stdout).toContain('[note] again/meho-001/meho: not asked again: it is lab/meho-001/meho');
  expect(stdout).toMatch(/\nfleet: passed, 2 of 2 releases hold, 2 found twice and asked once, /);
  expect(clusters[0]?.requests.filter((request) => request.includes('/namespaces/meho-001/jobs'))).toHaveLength(1);
  expect(exitCode).toBe(0);
});

test('a release that no Ingress publishes is red, unless --host says where it is', async ({ cli }) => {
  const releases = standInReleases('lab', 1).map((release) => ({ ...release, host: '*.fleet.example.com' }));
  const { args, clusters } = await serveFleet(cli, { lab: releases });
  const { exitCode, stderr } = await cli.run(args);
  expect(linesOf(stderr)).toEqual([
    expect.stringMatching(/^\[FAIL\] lab\/meho-001\/meho: Host of the release is known/),
  ]);
  expect(exitCode).toBe(1);
  clusters[0]?.releases.splice(0, 1, { ...(releases[0] as StandInRelease), host: 'meho-meho-001.fleet.example.com' });
  const told = await cli.run([...args, '--host', '{release}-{namespace}.fleet.example.com']);
  expect({ exitCode: told.exitCode, stderr: told.stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test.for<[readonly string[], RegExp]>([
  [['--context', 'a', '--kubeconfig', 'x', '--kubeconfig', 'y'], /--context: expected one --kubeconfig/],
  [['--kubeconfig', 'x', '--kubeconfig', 'x'], /x is given more than once/],
  [['--verifier', 'rollback-verify'], /--expected-git-sha: expected N's commit/],
  [['--host', 'a b'], /--host: expected a host name/],
  [['--concurrency', '0'], /--concurrency: expected a whole number from 1/],
])('%j is refused before anything is asked', async ([more, message], { cli }) => {
  const { exitCode, stderr } = await cli.run(['fleet', ...more]);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

describe('a list of releases', () => {
  async function listedFleet(cli: PublishedCli, more: readonly string[]) {
    const { args, kubeconfigs, clusters } = await serveFleet(cli, {
      a: standInReleases('a', 3),
      b: standInReleases('b', 1),
    });
    const [, a, , b] = kubeconfigs.map((file) => path.basename(file));
    const list = path.join(cli.folder, `list-${a}`);
    const lines = [
      `- { kubeconfig: ${a}, namespace: meho-001 }`,
      `- { kubeconfig: ${a}, namespace: meho-002, expected-git-sha: ${other} }`,
      `- { kubeconfig: ${b}, namespace: meho-001, host: b-001.fleet.example.com }`,
    ];
    await writeFile(list, ['releases:', ...lines, ...more, ''].join('\n'));
    const common = args.filter((arg) => arg !== '--kubeconfig' && !kubeconfigs.includes(arg));
    return { args: [...common, '--releases', list], clusters };
  }

  test('is asked and nothing else, each as it says', async ({ cli }) => {
    const { args, clusters } = await listedFleet(cli, []);
    const { exitCode, stdout, stderr } = await cli.run(args);
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^\[FAIL\] a\/meho-002\/meho: GET \/version is build 0123456/),
    ]);
    expect(stdout).toContain('[ok] cluster a: 2 of 2 listed releases found');
    expect(stdout).toContain('fleet: failed, 2 of 3 releases hold');
    expect(clusters[0]?.requests.filter((request) => request.includes('meho-003'))).toEqual([]);
    expect(exitCode).toBe(1);
  });

  test('is red where one of it is not there', async ({ cli }) => {
    const { args } = await listedFleet(cli, ['- { kubeconfig: b-1.yaml, namespace: gone }']);
    expect((await cli.run(args)).stderr).toMatch(/^error: kubeconfig .*b-1\.yaml: expected a readable file/);
    const { args: known, clusters } = await listedFleet(cli, []);
    clusters[1]?.releases.splice(0, 1);
    const { exitCode, stderr, stdout } = await cli.run(known);
    expect(stdout).toContain('[ok] cluster b: 0 of 1 listed releases found');
    expect(stderr).toMatch(/\[FAIL\] b\/meho-001\/meho: Namespace is there: .*seen it is gone/);
    expect(exitCode).toBe(1);
  });

  test('under two hosts is asked by each', async ({ cli }) => {
    const { args, clusters } = await listedFleet(cli, []);
    const list = args.at(-1) ?? '';
    const text = await readFile(list, 'utf8');
    await writeFile(list, `${text}${text.split('\n')[1]?.replace(' }', ', host: b-001.fleet.example.com }')}\n`);
    const { stdout } = await cli.run(args);
    expect(stdout).toContain('[ok] a/meho-001/meho at a-001.fleet.example.com: ');
    expect(stdout).toContain('[ok] a/meho-001/meho at b-001.fleet.example.com: ');
    expect(stdout).not.toContain('not asked again');
    expect(clusters).toHaveLength(2);
  });

  test('with mistakes is refused with all of them', async ({ cli }) => {
    const { args } = await listedFleet(cli, [...['- { namespace: A }', '- { host: "a b", colour: red }', '- meho']]);
    const { exitCode, stderr } = await cli.run([...args, '--namespace', 'meho']);
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^error: --namespace: --releases says that of each release/),
      expect.stringMatching(/releases\[3\]: namespace: expected a namespace/),
      expect.stringMatching(/releases\[4\]: host: expected a host name/),
      expect.stringMatching(/releases\[4\]: expected kubeconfig, context, .*, got "colour"/),
      expect.stringMatching(/releases\[5\]: expected a release with kubeconfig/),
      expect.stringContaining('--help'),
    ]);
    expect(exitCode).toBe(2);
  });
});
