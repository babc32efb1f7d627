import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { quiet } from '@meho/core/report/testing/quiet';
import { repositoryRoot } from '@meho/core/repository';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowText } from '../workflow.ts';
import { coveredChanges } from './covered-changes.ts';
import { lineOf } from './finding.ts';
import { ensureLinters, filesToLint, type Linters, lint } from './lint.ts';
import { zizmor } from './zizmor.ts';

const signal = new AbortController().signal;
const defects = path.join(import.meta.dirname, 'defects');

let folder: string;
let linters: Linters;

beforeAll(async () => {
  const { cacheFolder, path: searchPath } = readSettings();
  folder = await mkdtemp(path.join(tmpdir(), 'lint-'));
  linters = await ensureLinters({ searchPath, cacheFolder, progress: quiet, signal });
});
afterAll(() => rm(folder, { recursive: true }));

async function rulesBroken(name: string, text: string): Promise<readonly string[]> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return (await lint([file], linters, signal)).map(({ rule }) => rule);
}

test('every workflow and the action are clean', async () => {
  const files = filesToLint();
  expect(files).toContain('action.yml');
  expect((await lint(files, linters, signal)).map(lineOf)).toEqual([]);
});

test('what is suppressed says why, and is still there', async () => {
  const files = filesToLint();
  const options = { program: linters.zizmor, cwd: repositoryRoot, withSuppressed: true, signal };
  const findings = await zizmor(files, options);
  const texts = await Promise.all(files.map((file) => readFile(path.join(repositoryRoot, file), 'utf8')));
  const suppressions = texts.flatMap((text, index) =>
    text.split('\n').flatMap((line, above) => {
      const [, rule, reason = ''] = /# zizmor: ignore\[([^\]]*)\](.*)/.exec(line) ?? [];
      return rule === undefined ? [] : [{ rule, reason: reason.trim(), file: files[index], line: above + 1 }];
    }),
  );
  expect(suppressions.length).toBeGreaterThan(0);
  expect(suppressions.filter(({ reason }) => reason.split(' ').length < 4)).toEqual([]);
  const needed = ({ rule, file, line = 0 }: { rule: string; file?: string | undefined; line?: number }) =>
    findings.some((finding) => finding.rule === rule && finding.file === file && finding.lines.includes(line));
  expect(suppressions.filter((each) => !needed(each))).toEqual([]);
  expect(findings).toHaveLength(suppressions.length);
});

test.each([
  ['unpinned-action.yml', 'unpinned-uses'],
  ['unknown-job.yml', 'job-needs'],
])('%s is red by %s alone', async (name, rule) => {
  expect(await rulesBroken(name, await readFile(path.join(defects, name), 'utf8'))).toEqual([rule]);
});

test('what the linters find by themselves needs no rule of ours', async () => {
  const text = workflowText('chart.yml');
  const files = await Promise.all(
    coveredChanges.map(async ([, from, to], index) => {
      const file = path.join(folder, `chart-${index}.yml`);
      expect(text).toContain(from);
      await writeFile(
        file,
        text.replace(from, () => to),
      );
      return file;
    }),
  );
  const findings = await lint(files, linters, signal);
  const isFound = (rule: string, file: string | undefined) =>
    findings.some((finding) => finding.rule === rule && path.resolve(repositoryRoot, finding.file) === file);
  expect(coveredChanges.filter(([rule], index) => !isFound(rule, files[index]))).toEqual([]);
});

test.each([
  ['unpinned-uses', 'setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020', 'setup-node@v4'],
  ['action', 'using: composite', 'using: composit'],
  ['unreadable', 'runs:', 'runs: ['],
])('in an action %s is found', async (rule, from, to) => {
  const text = await readFile(path.join(repositoryRoot, 'action.yml'), 'utf8');
  expect(text).toContain(from);
  expect(
    await rulesBroken(
      'action.yml',
      text.replace(from, () => to),
    ),
  ).toContain(rule);
});

test.each([
  ['examples', ['install.sh', 'rollback-drill.sh', 'smoke.sh']],
  ['.github', ['cluster-token.sh']],
])('the scripts in %s are clean', async (where, expected) => {
  const place = path.join(repositoryRoot, where);
  const scripts = (await readdir(place)).filter((name) => name.endsWith('.sh'));
  expect(scripts.toSorted()).toEqual(expected);
  const { exitCode, stdout } = await run(linters.shellcheck, ['--norc', ...scripts], {
    cwd: place,
    timeoutMs: 60_000,
    acceptExitCodes: [1],
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
});

test('the command names the place of a finding, and ends with 1', async () => {
  const main = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
  const defect = path.join(defects, 'unpinned-action.yml');
  const { exitCode, stdout } = await run(process.execPath, [main, 'lint:workflows', '--file', defect], {
    cwd: repositoryRoot,
    timeoutMs: 60_000,
    acceptExitCodes: [1],
  });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/unpinned-action\.yml:17:15: unpinned-uses: /);
});
