import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunReport } from '../report/run-report.ts';
import { Timeline } from '../report/timeline.ts';
import { forgetEarlierRun, writeReports } from './write-reports.ts';

let artefacts: string;
beforeEach(async () => {
  vi.stubEnv('GITHUB_STEP_SUMMARY', '');
  artefacts = await mkdtemp(path.join(tmpdir(), 'meho-reports-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(artefacts, { recursive: true, force: true });
});

const put = async (...files: readonly string[]) => {
  for (const file of files) {
    await mkdir(path.dirname(path.join(artefacts, file)), { recursive: true });
    await writeFile(path.join(artefacts, file), '');
  }
};

const written = async () => {
  const tally = { passed: 1, failed: 0, skipped: 0 };
  await writeReports({ artefacts, command: 'acceptance', tally, timeline: new Timeline() });
  const report: RunReport = JSON.parse(await readFile(path.join(artefacts, 'report.json'), 'utf8'));
  return report.attachments.map((attachment) => attachment.path);
};

test('the report names what its run left', async () => {
  await put('network-policy/matrix.html', 'evidence/a-test/events.txt', 'suites.junit.xml');
  expect(await written()).toEqual(['evidence/a-test', 'network-policy/matrix.html', 'suites.junit.xml']);
});

test('what an earlier run or another command left is not taken for this run’s', async () => {
  await put('network-policy/matrix.html', 'evidence/a-test/events.txt', 'unit.junit.xml', 'mine/notes.txt');
  await forgetEarlierRun(artefacts);
  expect((await readdir(artefacts)).toSorted()).toEqual(['mine', 'unit.junit.xml']);
  expect(await written()).toEqual([]);
});
