import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFlags } from '@meho/core/command-line/flags';
import { readFlagVariables } from '@meho/core/config/flag-variables';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownChart } from '../../release/environment/request.ts';
import { subjectFlags, subjectProblems } from './subject-flags.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-subject-'));
  await mkdir(file('chart'));
  await mkdir(file('nameless'));
  await mkdir(file('empty'));
  await writeFile(file('chart/Chart.yaml'), 'name: other\nversion: 1.0.0\n');
  await writeFile(file('nameless/Chart.yaml'), 'version: 1.0.0\n');
  await writeFile(file('packed.tgz'), Buffer.from([0x1f, 0x8b, 0x08]));
  await writeFile(file('good.yaml'), 'replicaCount: 2\n');
  await writeFile(file('nothing.yaml'), '# nothing yet\n');
  await writeFile(file('list.yaml'), '- one\n');
  await writeFile(file('broken.yaml'), 'password: very-secret\n  : [\n');
  await writeFile(file('two.yaml'), 'a: 1\n---\nb: 2\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function read(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { values, problems } = readFlags(subjectFlags, args, readFlagVariables(env));
  return { values, problems: [...problems, ...subjectProblems(values)] };
}
const problemOf = (flag: string, value: string) => read([`--${flag}=${value}`]).problems.join('\n');

test('by default our chart is judged with the reference backplane', () => {
  const { values, problems } = read([]);
  expect(problems).toEqual([]);
  expect(values).toEqual({
    image: undefined,
    'git-sha': undefined,
    chart: ownChart,
    'chart-version': undefined,
    values: [],
    release: 'meho',
    namespace: undefined,
  });
});

test('flags and variables mean the same, and flags win', () => {
  const [good, nothing] = [file('good.yaml'), file('nothing.yaml')];
  const wanted = {
    image: 'localhost:5000/team/meho:v1.2.3',
    'git-sha': 'sha-3f2a9c1',
    chart: file('chart'),
    values: [good, nothing],
    release: 'lab',
    namespace: 'meho-ci-7',
  };
  const byFlags = read([
    ...['--image', wanted.image, '--git-sha', 'sha-3f2a9c1', '--chart', wanted.chart, '--values', good],
    ...['--values', nothing, '--release', 'lab', '--namespace', 'meho-ci-7'],
  ]);
  const env = {
    MEHO_IMAGE: wanted.image,
    MEHO_GIT_SHA: 'sha-3f2a9c1',
    MEHO_CHART: wanted.chart,
    MEHO_VALUES: [good, nothing].join(path.delimiter),
    MEHO_RELEASE: 'lab',
    MEHO_NAMESPACE: 'meho-ci-7',
  };
  expect(byFlags).toMatchObject({ values: wanted, problems: [] });
  expect(read([], env)).toEqual(byFlags);
  expect(read(['--release', 'mine', '--values', nothing], env).values).toMatchObject({
    release: 'mine',
    values: [nothing],
  });
  expect(read([], { ...env, MEHO_RELEASE: '' }).values).toMatchObject({ release: 'meho' });
});

test('every problem is told at once, each with where it came from', () => {
  const args = ['--image', 'no-tag', '--chart', file('absent'), '--values', file('broken.yaml'), '--git-sha', 'zz'];
  const { problems } = read(args, { MEHO_RELEASE: 'A_b', MEHO_NAMESPACE: 'kube-system' });
  expect(problems.map((line) => line.split(':')[0])).toEqual([
    '--image',
    '--chart',
    '--values',
    '--git-sha',
    'MEHO_RELEASE',
    'MEHO_NAMESPACE',
  ]);
});

test('each file of a repeated flag is looked at', () => {
  const { problems } = read(['--values', file('one'), '--values', file('good.yaml'), '--values', file('list.yaml')]);
  expect(problems).toEqual([expect.stringContaining('ENOENT'), expect.stringContaining('mapping')]);
});

describe('images', () => {
  test.each(['ghcr.io/evoila/meho:sha-3f2a9c1', 'meho:1', 'localhost/meho:dev', 'registry.example.com:5000/a/b_c:v1'])(
    '%s is one',
    (reference) => expect(problemOf('image', reference)).toBe(''),
  );
  test.each([
    'meho',
    'ghcr.io/evoila/Meho:1',
    'meho:',
    'meho@sha256:abc',
    'a b:1',
    'https://ghcr.io/meho:1',
    '/meho:1',
    'meho:.1',
  ])('%s is none', (reference) =>
    expect(problemOf('image', reference)).toMatch(/^--image: expected an image with a tag/),
  );
});

describe('charts', () => {
  test.each(['chart', 'packed.tgz'])('%s is one', (name) => expect(problemOf('chart', file(name))).toBe(''));
  test.each(['oci://ghcr.io/evoila/charts/meho', 'oci://localhost:5000/meho'])('%s is one', (text) =>
    expect(problemOf('chart', text)).toBe(''),
  );
  test('a folder without a Chart.yaml, or with one that names nothing, is none', () => {
    expect(problemOf('chart', file('empty'))).toMatch(/a folder with a Chart\.yaml.*ENOENT/);
    expect(problemOf('chart', file('nameless'))).toMatch(/name and version/);
  });
  test.each(['good.yaml', 'absent'])('%s is none', (name) => expect(problemOf('chart', file(name))).toContain('chart'));
  test.each(['oci://', 'oci://ghcr.io', 'oci://ghcr.io/a:1', 'https://example.com/chart.tgz'])('%s is none', (text) =>
    expect(problemOf('chart', text)).toContain('oci://HOST'),
  );
  test('a version is only for one in a registry', () => {
    expect(read(['--chart=oci://ghcr.io/evoila/meho', '--chart-version=1.2.3']).problems).toEqual([]);
    expect(read(['--chart-version=1.2.3']).problems).toEqual([expect.stringContaining('--chart-version')]);
  });
});

describe('values files', () => {
  test('may be empty', () => expect(problemOf('values', file('nothing.yaml'))).toBe(''));
  test('that are no YAML are told with the line, and nothing of their content', () => {
    const problem = problemOf('values', file('broken.yaml'));
    expect(problem).toMatch(/YAML; line \d/);
    expect(problem).not.toContain('very-secret');
  });
  test.each(['list.yaml', 'two.yaml'])('%s is none', (name) =>
    expect(problemOf('values', file(name))).toContain('YAML'),
  );
});

describe('names', () => {
  test('a release has at most 53 characters, as helm has it', () => {
    expect(problemOf('release', 'r'.repeat(53))).toBe('');
    expect(problemOf('release', 'r'.repeat(54))).toContain('at most 53');
  });
  test('a namespace has at most 63', () => {
    expect(problemOf('namespace', 'n'.repeat(63))).toBe('');
    expect(problemOf('namespace', 'n'.repeat(64))).toContain('at most 63');
  });
  test.each(['default', 'kube-system', 'kube-public'])('%s is the cluster’s', (name) =>
    expect(problemOf('namespace', name)).toContain('belong to the cluster'),
  );
  test('a commit goes with an image', () => {
    expect(problemOf('git-sha', '3f2a9c1')).toMatch(/there is no --image/);
  });
});

test('the command ends with 2 and a line for each, before it starts anything', { timeout: 90_000 }, async () => {
  const main = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
  const args = [
    'acceptance',
    '--image',
    'x',
    '--chart',
    file('absent'),
    '--values',
    file('list.yaml'),
    '--release',
    'X',
  ];
  const { exitCode, stdout, stderr } = await run(process.execPath, [main, ...args], {
    env: { MEHO_NAMESPACE: 'Not-one', DOCKER_HOST: 'unix:///nowhere' },
    timeoutMs: 80_000,
    acceptExitCodes: [2],
  });
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr.match(/^error: (\S+):/gm)).toEqual([
    'error: --image:',
    'error: --chart:',
    'error: --values:',
    'error: --release:',
    'error: MEHO_NAMESPACE:',
  ]);
});
