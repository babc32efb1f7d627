import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import type { TestReport } from '@meho/core/report/run-report';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFailed, rerunFolder } from './rerun.ts';

let artefacts: string;
beforeEach(async () => {
  artefacts = await mkdtemp(path.join(tmpdir(), 'rerun-'));
});
afterEach(() => rm(artefacts, { recursive: true }));

const file = 'suites/install/cold-install.spec.ts';

async function record(tests: readonly Partial<TestReport>[], folder = artefacts): Promise<string> {
  await mkdir(folder, { recursive: true });
  const place = path.join(folder, 'suites.tests.json');
  await writeFile(place, JSON.stringify(tests));
  return place;
}

const line = (text: string) => new UsageError([`--rerun-failed: ${text}`]);

test('with nothing recorded, or nothing failed, there is nothing to run, and one line says so', async () => {
  await expect(readFailed(artefacts, 'suites')).rejects.toEqual(
    line(`${artefacts} has no record of a run that came to its end; run it without`),
  );
  const place = await record([{ file, name: 'a', state: 'passed' }]);
  await expect(readFailed(artefacts, 'suites')).rejects.toEqual(
    line(`nothing failed in the last run (${place}), so there is nothing to run`),
  );
  await expect(readFailed(artefacts, 'faults')).rejects.toThrow(/no record/);
  await writeFile(place, '{');
  await expect(readFailed(artefacts, 'suites')).rejects.toEqual(line(`${place} can't be read as the record of a run`));
});

test('exactly what failed is matched, as the test runner writes names', async () => {
  const place = await record([
    { file, name: 'a cold install > holds (all 3)', state: 'failed' },
    { file, name: 'a cold install > holds (all 3) twice', state: 'passed' },
    { file: 'suites/smoke/faults.spec.ts', name: 'vault > is 5.0', state: 'failed' },
    { file: 'suites/smoke/refusals.spec.ts', name: 'c', state: 'skipped' },
  ]);
  const { files, testName = '', artefacts: again, about } = await readFailed(artefacts, 'suites');
  expect(files).toEqual([file, 'suites/smoke/faults.spec.ts']);
  const names = ['a cold install holds (all 3)', 'vault is 5.0', 'a cold install holds (all 3) twice', 'vault is 5x0'];
  expect(names.filter((name) => new RegExp(testName).test(name))).toEqual(names.slice(0, 2));
  expect(again).toBe(path.join(artefacts, rerunFolder));
  expect(about).toBe(`2 of 4 tests, which failed in the last run; its record stays in ${place}`);
});

test('a file that could not be run has no tests to name: its files are run whole', async () => {
  await record([
    { file, name: file, state: 'failed' },
    { file: 'suites/smoke/faults.spec.ts', name: 'vault', state: 'failed' },
  ]);
  expect(await readFailed(artefacts, 'suites')).toMatchObject({ files: [file, 'suites/smoke/faults.spec.ts'] });
  expect(await readFailed(artefacts, 'suites')).not.toHaveProperty('testName');
});

test('a re-run is the last run, for the next one', async () => {
  await record([
    { file, name: 'a', state: 'failed' },
    { file, name: 'b', state: 'failed' },
  ]);
  await record([{ file, name: 'b', state: 'failed' }], path.join(artefacts, rerunFolder));
  expect((await readFailed(artefacts, 'suites')).testName).toBe('^(?:b)$');
});
