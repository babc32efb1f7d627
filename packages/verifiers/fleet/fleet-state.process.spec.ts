import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { STUB_SHA } from '@meho/contract/testing/stub-backplane';
import { inheritedEnvironment } from '@meho/core/config';
import { ownerOf } from '@meho/core/runs/owner';
import { expect, onTestFinished, vi } from 'vitest';
import {
  type StandInCluster,
  serveBackplanes,
  serveCluster,
  standInReleases,
  writeClusterKubeconfig,
} from '../testing/fleet-stand-ins.ts';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from '../testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

let counter = 0;

/** The cluster says nothing of releases from the fifth on, while `isHeld`. */
async function heldFleet(cli: PublishedCli) {
  counter += 1;
  const cluster = await serveCluster(cli.authority, standInReleases('a', 10));
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  const hosts = await serveBackplanes(cli.authority, [cluster]);
  onTestFinished(() => hosts[Symbol.asyncDispose]());
  cluster.fault = ({ url = '' }) => /\/namespaces\/meho-0(?:0[5-9]|10)\//.test(url);
  const state = path.join(cli.folder, `state-${counter}.jsonl`);
  const args = [
    ...['fleet', '--kubeconfig', await writeClusterKubeconfig(cli.folder, 'lab', { port: cluster.port, ca: cli.ca })],
    ...['--cacert', cli.ca, '--connect-to', `127.0.0.1:${hosts.port}`, '--expected-git-sha', STUB_SHA],
    ...['--concurrency', '2', '--state', state, '--request-timeout', '60'],
  ];
  return { cluster, state, args };
}

function start(cli: PublishedCli, args: readonly string[]): ChildProcess {
  const env = { ...inheritedEnvironment(), ...cli.environment };
  const child = spawn(process.execPath, [cli.program, ...args], { env, stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

const askedIn = async (state: string) => linesOf(await readFile(state, 'utf8').catch(() => '')).length - 1;

async function killedMidway(cli: PublishedCli) {
  const fleet = await heldFleet(cli);
  const child = start(cli, fleet.args);
  await vi.waitUntil(async () => (await askedIn(fleet.state)) === 4, { timeout: 30_000, interval: 20 });
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  fleet.cluster.fault = undefined;
  fleet.cluster.requests.length = 0;
  return fleet;
}

const askedNamespaces = ({ requests }: StandInCluster) =>
  [...new Set(requests.flatMap((request) => /\/namespaces\/(meho-\d+)\/jobs/.exec(request)?.[1] ?? []))].toSorted();
const from = (first: number) =>
  Array.from({ length: 11 - first }, (_, index) => `meho-${String(index + first).padStart(3, '0')}`);

test('a run that is killed is taken up where it was, and leaves nothing when it ends', async ({ cli }) => {
  const { cluster, state, args } = await killedMidway(cli);
  // As if it had been killed while it wrote.
  await writeFile(state, `${await readFile(state, 'utf8')}{"release":{"name":"lab/meho-005/meho","outc`);
  const { exitCode, stdout, stderr } = await cli.run(args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^\[note\] .*state-\d+\.jsonl: taken up the run of .*, which asked 4 releases\n/);
  expect(linesOf(stdout).filter((line) => line.includes(', kept from '))).toHaveLength(4);
  expect(stdout).toMatch(/\nfleet: passed, 10 of 10 releases hold, 4 kept from the run before, /);
  expect(askedNamespaces(cluster)).toEqual(from(5));
  await expect(access(state)).rejects.toThrow('ENOENT');
  const again = await cli.run([...args, '--output', 'json']);
  expect(JSON.parse(again.stdout)).not.toHaveProperty('kept');
});

test('what has changed meanwhile, and what is of more than an hour ago, is asked again', async ({ cli }) => {
  const { cluster, state, args } = await killedMidway(cli);
  const [first] = cluster.releases;
  cluster.releases.splice(0, 1, { ...(first as (typeof cluster.releases)[0]), resourceVersion: '8' });
  const old = new Date(Date.now() - 2 * 60 * 60_000).toISOString();
  const aged = linesOf(await readFile(state, 'utf8')).map((line) =>
    line.includes('"name":"lab/meho-002/meho"') ? line.replace(/"startedAt":"[^"]+"/, `"startedAt":"${old}"`) : line,
  );
  await writeFile(state, `${aged.join('\n')}\n`);
  const { exitCode } = await cli.run(args);
  expect(exitCode).toBe(0);
  expect(askedNamespaces(cluster)).toEqual(['meho-001', 'meho-002', ...from(5)]);
});

test('a red release stays red in the run that takes it up', async ({ cli }) => {
  const { cluster, state, args } = await killedMidway(cli);
  const red = linesOf(await readFile(state, 'utf8')).map((line) =>
    line.includes('"name":"lab/meho-002/meho"') ? line.replace('"outcome":"passed"', '"outcome":"failed"') : line,
  );
  await writeFile(state, `${red.join('\n')}\n`);
  const { exitCode, stdout } = await cli.run(args);
  expect(stdout).toContain('fleet: failed, 9 of 10 releases hold');
  expect(exitCode).toBe(1);
  expect(askedNamespaces(cluster)).toEqual(from(5));
});

test('two runs on one file at once: the second is refused, and the first goes on', async ({ cli }) => {
  const { cluster, state, args } = await heldFleet(cli);
  const child = start(cli, args);
  await vi.waitUntil(async () => (await askedIn(state)) === 4, { timeout: 30_000, interval: 20 });
  const second = await cli.run(args);
  expect(second.stderr).toMatch(
    new RegExp(`^error: --state .*: expected no other run to use it, process ${child.pid} does: wait for its end`),
  );
  expect(second.exitCode).toBe(2);
  expect(await askedIn(state)).toBe(4);
  expect(cluster.requests.filter((request) => /\/namespaces\/meho-001\/jobs/.test(request))).toHaveLength(1);
});

test('a lock of a process on another machine holds while that touches the file', async ({ cli }) => {
  const { state, args } = await killedMidway(cli);
  const [header = '', ...entries] = linesOf(await readFile(state, 'utf8'));
  const owner = { ...(await ownerOf()), host: 'elsewhere', bootId: '0c0ffee0-0000-4000-8000-000000000000' };
  await writeFile(state, `${[JSON.stringify({ ...JSON.parse(header), owner }), ...entries].join('\n')}\n`);
  const { exitCode, stderr } = await cli.run(args);
  expect(stderr).toMatch(/process \d+ on elsewhere did a moment ago: if that is gone, run again in \d+ s/);
  expect(exitCode).toBe(2);
});

test.for<[string, readonly string[], RegExp]>([
  ['another commit', ['--expected-git-sha', '0123456789abcdef'], /--expected-git-sha was 3f2a9c1\S* and is 0123456/],
  ['other labels', ['--selector', 'app=other'], /--selector was app\.kubernetes\.io\/name=meho and is app=other/],
  ['other checks', ['--verifier', 'rollback-verify'], /--verifier was install-verify and is rollback-verify/],
  ['fewer namespaces', ['--namespace', 'meho-001'], /--namespace was not given and is meho-001/],
])('the state of a run with %s is refused, and stays', async ([, more, message], { cli }) => {
  const { state, args } = await killedMidway(cli);
  const before = await readFile(state, 'utf8');
  const own = more[0] === '--expected-git-sha' ? args.filter((arg) => arg !== more[0] && arg !== STUB_SHA) : args;
  const { exitCode, stderr } = await cli.run([...own, ...more]);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
  expect(await readFile(state, 'utf8')).toBe(before);
});

test('a file of something else is refused, and stays', async ({ cli }) => {
  const { state, args } = await heldFleet(cli);
  await writeFile(state, 'a diary\n');
  const { exitCode, stderr } = await cli.run(args);
  expect(stderr).toContain('expected what an earlier run of fleet has left, or no file; it is another');
  expect(exitCode).toBe(2);
  expect(await readFile(state, 'utf8')).toBe('a diary\n');
});

test('Ctrl-C leaves the state for the next run, with exit code 2', async ({ cli }) => {
  const { cluster, state, args } = await heldFleet(cli);
  const child = start(cli, args);
  await vi.waitUntil(async () => (await askedIn(state)) === 4, { timeout: 30_000, interval: 20 });
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([2, null]);
  cluster.fault = undefined;
  expect((await cli.run(args)).stdout).toContain('4 kept from the run before');
});
