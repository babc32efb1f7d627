import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../config.ts';
import { commandPath, ensureCommands } from '../engine/debian.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { run } from '../process/run.ts';
import type { Progress } from '../report/progress.ts';
import { repositoryRoot } from '../repository.ts';
import { workflowFiles, workflowText } from './workflow.ts';

const quiet: Progress = {
  step: (_title, work) => work({ update: () => undefined }),
  note: () => undefined,
  warn: () => undefined,
};
const signal = new AbortController().signal;

let folder: string;
let actionlint: string;
let shellcheck: string;

beforeAll(async () => {
  const { cacheFolder, path: searchPath } = readSettings();
  folder = await mkdtemp(path.join(tmpdir(), 'actionlint-'));
  await ensureCommands({ shellcheck: 'shellcheck' }, { progress: quiet, signal });
  shellcheck = (await commandPath('shellcheck')) ?? '';
  actionlint = (await ensureTool('actionlint', { searchPath, cacheFolder, progress: quiet, signal })).path;
});

afterAll(() => rm(folder, { recursive: true }));

const lint = (...files: readonly string[]) =>
  run(
    actionlint,
    [
      '-no-color',
      '-config-file',
      path.join(repositoryRoot, '.github', 'actionlint.yaml'),
      '-shellcheck',
      shellcheck,
      ...files,
    ],
    { cwd: repositoryRoot, timeoutMs: 60_000, acceptExitCodes: [1] },
  );

test('every workflow is clean, with its scripts', async () => {
  const files = workflowFiles().map((file) => path.join('.github', 'workflows', file));
  const { exitCode, stdout } = await lint(...files);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
});

test.each([
  ['an expression that is none', 'github.event_name', 'github.evnt_name', /property "evnt_name" is not defined/],
  ['a job that is not there', 'needs: validate', 'needs: validation', /needs job "validation" which does not exist/],
  [
    'a script with an unquoted variable',
    'test -s "$nobody/',
    'rm -rf $nobody/x; test -s "$nobody/',
    /shellcheck reported issue.*SC2086/,
  ],
])('%s is found', async (_, from, to, message) => {
  const text = workflowText('chart.yml');
  expect(text).toContain(from);
  const file = path.join(folder, 'chart.yml');
  await writeFile(file, text.replace(from, to));
  const { exitCode, stdout } = await lint(file);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(message);
});

test.each([
  ['examples', ['install.sh', 'rollback-drill.sh', 'smoke.sh']],
  ['.github', ['cluster-token.sh']],
])('the scripts in %s are clean', async (where, expected) => {
  const place = path.join(repositoryRoot, where);
  const scripts = (await readdir(place)).filter((name) => name.endsWith('.sh'));
  expect(scripts.toSorted()).toEqual(expected);
  const { exitCode, stdout } = await run(shellcheck, ['--norc', ...scripts], {
    cwd: place,
    timeoutMs: 60_000,
    acceptExitCodes: [1],
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
});
