import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quiet } from '@meho/core/report/testing/quiet';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commitOf } from './build.ts';
import { runPairs } from './run-pairs.ts';
import { pairSubjects } from './subjects.ts';

vi.setConfig({ testTimeout: 120_000 });

const { signal } = new AbortController();
const lintOne = pairSubjects.filter(({ name }) => name === 'lint-one');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-pairs-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Where a build of the commit would be, had it been made. */
async function withBaseline(script: string) {
  const cacheFolder = await mkdtemp(path.join(folder, 'cache-'));
  const dist = path.join(cacheFolder, 'baselines', await commitOf('HEAD', signal), 'dist');
  await mkdir(dist, { recursive: true });
  await writeFile(path.join(dist, 'meho-acceptance.js'), script);
  return {
    baseline: 'HEAD',
    pairs: 1,
    cacheFolder,
    artefacts: path.join(cacheFolder, 'artefacts'),
    progress: quiet,
    signal,
  };
}

const endsAs = `process.exit(process.argv.some((arg) => arg.endsWith('migrations')) ? 1 : 0)`;

test('every call is one that this build answers', async () => {
  const request = await withBaseline(endsAs);
  const table = await runPairs({ ...request, subjects: pairSubjects });
  const rows = table.split('\n').slice(3);
  expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(pairSubjects.map(({ what }) => what));
  const lines = (await readFile(path.join(request.artefacts, 'bench-pairs.jsonl'), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(pairSubjects.length);
});

test('what took longer has the ratio', async () => {
  const request = await withBaseline(`setTimeout(() => { ${endsAs}; }, 5000);`);
  const table = await runPairs({ ...request, subjects: lintOne });
  const [, , , baseline = '', ratio] = table.split('\n')[3]?.split(/ {2,}/) ?? [];
  expect(Number.parseFloat(baseline)).toBeGreaterThanOrEqual(5);
  expect(Number(ratio)).toBeLessThan(1);
});

test('a build that answers otherwise is not timed', async () => {
  const request = await withBaseline('process.exit(2);');
  await expect(runPairs({ ...request, subjects: lintOne })).rejects.toThrow(/exit code 2/);
});

test('a baseline that is no commit is said', async () => {
  await expect(commitOf('no-such-commit', signal)).rejects.toThrow(
    /a commit of this repository.*git fetch --unshallow/,
  );
});
