import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFlags } from '@meho/core/command-line/flags';
import { readFlagVariables } from '@meho/core/config/flag-variables';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { trustPlaceholder } from '../../release/install-target/objects-file.ts';
import { subjectFlags } from '../subject/subject-flags.ts';
import { clusterFlags, clusterProblems, contextFlags, contextProblems } from './cluster-flags.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);
const contexts = (...names: readonly string[]) => stringify({ contexts: names.map((name) => ({ name, context: {} })) });
const vault = { address: 'https://10.0.0.6:8200' };
const openid = { issuer: 'https://10.0.0.7/realms/meho', audience: 'meho-backplane' };
const noSecrets = { postgresUrl: undefined, accessToken: undefined };
const allSecrets = { postgresUrl: 'postgresql://a:b@10.0.0.5/postgres', accessToken: 'a.b.c' };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-cluster-flags-'));
  await writeFile(file('one'), contexts('lab'));
  await writeFile(file('two'), contexts('lab', 'prod'));
  await writeFile(file('none'), 'a: [\n');
  await writeFile(file('services.yaml'), stringify({ vault, openid }));
  await writeFile(file('with-token.yaml'), stringify({ vault, openid, token: { command: ['get-token'] } }));
  await writeFile(file('wrong.yaml'), stringify({ vault: { address: 'http://x' }, bogus: 1 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const flags = { ...subjectFlags, ...clusterFlags };

function problemsOf(args: readonly string[], secrets: Parameters<typeof clusterProblems>[1] = noSecrets, env = {}) {
  const { values, problems } = readFlags(flags, args, readFlagVariables(env));
  return [...problems, ...clusterProblems(values, secrets)];
}

const complete = () => [
  ...['--kubeconfig', file('one'), '--image', 'ghcr.io/evoila/meho:v1', '--ingress-address', '10.0.0.1:443'],
  ...['--services', file('services.yaml')],
];

test('a cluster of our own needs none of them', () => {
  expect(problemsOf([])).toEqual([]);
  expect(problemsOf(['--plan'])).toEqual([]);
});

test('a cluster of others needs an image, a way in and services', () => {
  expect(problemsOf(complete(), allSecrets)).toEqual([]);
  expect(problemsOf(['--kubeconfig', file('one')])).toEqual([
    expect.stringMatching(/^--image is required/),
    expect.stringMatching(/^--ingress-address .* is required/),
    expect.stringContaining('one of --services FILE and --services-network NAME'),
  ]);
  expect(problemsOf([...complete(), '--services-network', 'kind'], allSecrets)).toHaveLength(1);
});

test('services that are there need their secrets in the environment, or a command for the token', () => {
  expect(problemsOf(complete())).toEqual([
    expect.stringMatching(/^MEHO_POSTGRES_URL is required/),
    expect.stringContaining('MEHO_ACCESS_TOKEN'),
  ]);
  const args = complete().map((arg) => (arg === file('services.yaml') ? file('with-token.yaml') : arg));
  expect(problemsOf(args, { ...noSecrets, postgresUrl: allSecrets.postgresUrl })).toEqual([]);
});

test('an object that waits for certificates which nobody names is told: it would be made empty', async () => {
  const object = (text: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ca }\ndata: { pem: "${text}" }\n`;
  await writeFile(file('waiting.yaml'), object(trustPlaceholder));
  await writeFile(file('ready.yaml'), object('PEM'));
  expect(problemsOf([...complete(), '--objects', file('waiting.yaml')], allSecrets)).toEqual([
    expect.stringMatching(/^--objects: .*trustBundle of --services, and that file has none$/),
  ]);
  expect(problemsOf([...complete(), '--objects', file('ready.yaml')], allSecrets)).toEqual([]);
});

test('each of them alone says what it goes with', () => {
  const args = ['--context', 'lab', '--services-network', 'kind', '--ingress-class', 'nginx', '--bind-role', 'x'];
  expect(problemsOf([...args, '--yes-this-cluster', 'lab'])).toEqual([
    '--context goes with --kubeconfig',
    '--yes-this-cluster goes with --kubeconfig',
    '--services-network goes with --kubeconfig',
    '--ingress-class goes with --kubeconfig',
    '--bind-role goes with --kubeconfig',
  ]);
});

test('what is wrong with a services file is told with its paths', () => {
  const [problem, ...more] = problemsOf(['--services', file('wrong.yaml')]).filter((line) => line.includes('expected'));
  expect(more).toEqual([]);
  expect(problem).toMatch(/openid/);
  expect(problem).toMatch(/bogus/);
  expect(problem).toMatch(/\/vault\/address must match/);
});

describe('a kubeconfig', () => {
  const problems = (args: readonly string[], env = {}) => {
    const read = readFlags(contextFlags, args, readFlagVariables(env));
    return [...read.problems, ...contextProblems(read.values)];
  };

  test('with one context needs no name; with several it lists them', () => {
    expect(problems(['--kubeconfig', file('one')])).toEqual([]);
    expect(problems(['--kubeconfig', file('two')])).toEqual([
      expect.stringMatching(/2 contexts.*--context: lab, prod$/),
    ]);
    expect(problems(['--kubeconfig', file('two'), '--context', 'lab'])).toEqual([]);
    expect(problems(['--kubeconfig', file('two'), '--context', 'x'])).toEqual([
      expect.stringContaining('it has lab, prod'),
    ]);
  });

  test('that is not there or no YAML is one line', () => {
    expect(problems(['--kubeconfig', file('absent')])).toEqual([expect.stringContaining('ENOENT')]);
    expect(problems(['--kubeconfig', file('none')])).toEqual([expect.stringContaining('YAML')]);
  });

  test('may come from the environment, and the flag wins', () => {
    expect(problems([], { MEHO_KUBECONFIG: file('two') })).toHaveLength(1);
    expect(problems([], { MEHO_KUBECONFIG: file('two'), MEHO_CONTEXT: 'lab' })).toEqual([]);
    expect(problems(['--kubeconfig', file('one')], { MEHO_KUBECONFIG: file('two') })).toEqual([]);
  });
});
