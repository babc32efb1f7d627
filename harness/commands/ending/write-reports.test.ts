import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunFailure } from '@meho/core/report/run-failure';
import type { RunReport, TestReport } from '@meho/core/report/run-report';
import { Timeline } from '@meho/core/report/timeline';
import { repositoryRoot } from '@meho/core/repository';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ReportInput, removeEarlierReports, writeReports } from './write-reports.ts';

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

const story = (state: 'passed' | 'failed', name = 'the chain > holds') => ({
  file: 'suites/rollback/n-plus-1-and-back.spec.ts',
  ...{ name, state, durationMs: 5, detail: state === 'failed' ? 'expected 1, got password=hunter2hunter2' : '' },
});

async function report(input: Partial<ReportInput> = {}): Promise<RunReport> {
  const failed = input.failures?.length ?? 0;
  await writeReports({
    ...{ artefacts, command: 'acceptance', project: 'suites', timeline: new Timeline(), failures: [] },
    ...{ ran: { command: 'npm run acceptance --', args: [] }, hasBegun: true },
    tally: { passed: 1, failed, skipped: 0 },
    ...input,
  });
  return JSON.parse(await readFile(path.join(artefacts, 'report.json'), 'utf8'));
}

const putTests = (tests: readonly TestReport[]) =>
  writeFile(path.join(artefacts, 'suites.tests.json'), JSON.stringify(tests));
const failure: RunFailure = {
  project: 'suites',
  file: 'suites/rollback/n-plus-1-and-back.spec.ts',
  names: ['the chain', 'holds'],
  detail: 'expected 1, got 2',
};
const rollback = ({ promises }: RunReport) => promises?.find(({ id }) => id === 'rollback');

const written = async () => {
  const { attachments } = await report();
  return attachments.map((attachment) => attachment.path);
};

test('the report names what its run left', async () => {
  await put('network-policy/matrix.html', 'evidence/a-test/events.txt', 'suites.junit.xml');
  expect(await written()).toEqual(['evidence/a-test', 'network-policy/matrix.html', 'suites.junit.xml']);
});

test('what an earlier run or another command left is not taken for this run’s', async () => {
  await put('network-policy/matrix.html', 'evidence/a-test/events.txt', 'unit.junit.xml', 'mine/notes.txt');
  await removeEarlierReports(artefacts);
  expect((await readdir(artefacts)).toSorted()).toEqual(['mine', 'unit.junit.xml']);
  expect(await written()).toEqual([]);
});

test('a failure has its evidence, the line that runs it again, and nothing secret', async () => {
  await put('evidence/the-chain-holds/events.txt', 'evidence/another/events.txt');
  await putTests([story('failed'), story('passed', 'the chain > heals')]);
  const { tests, next } = await report({ failures: [failure] });
  const line = "npm run acceptance -- --suite rollback/n-plus-1-and-back -t '^the chain holds$'";
  expect(tests[0]).toMatchObject({ evidence: ['evidence/the-chain-holds'], rerun: line });
  expect(next).toBe(line);
  for (const file of ['report.json', 'report.html', 'comment.md']) {
    expect(await readFile(path.join(artefacts, file), 'utf8')).not.toContain('hunter2');
  }
});

test('since when a promise is broken is known by earlier runs in the folder; a part of it mends nothing', async () => {
  const files = globSync('suites/rollback/*.spec.ts', { cwd: repositoryRoot });
  const whole = files.map((file) => ({ ...story('passed', file), file }));
  await putTests(whole);
  const held = await report();
  expect(rollback(held)).toMatchObject({ state: 'holds' });
  expect(rollback(held)).not.toHaveProperty('since');
  await putTests([story('failed')]);
  const broke = await report({ failures: [failure] });
  expect(rollback(broke)).toMatchObject({ state: 'broken', since: { held: { at: held.startedAt } } });
  expect(rollback(broke)?.since).not.toHaveProperty('broke');
  await putTests([story('passed')]);
  await report();
  await putTests([story('failed')]);
  const still = await report({ failures: [failure] });
  expect(rollback(still)?.since).toEqual({ held: { at: held.startedAt }, broke: { at: broke.startedAt } });
  await putTests(whole);
  await report();
  await putTests([story('failed')]);
  expect(rollback(await report({ failures: [failure] }))?.since).not.toHaveProperty('broke');
});

test('a run that ended before it began takes nothing of an earlier one for its own, and leaves its record', async () => {
  await putTests([story('failed')]);
  await put('evidence/the-chain-holds/events.txt', 'suites.junit.xml');
  const ended = { how: 'broke off', during: 'images', why: 'expected an engine' } as const;
  const found = await report({ hasBegun: false, ended, tally: { passed: 0, failed: 1, skipped: 0 } });
  expect(found).toMatchObject({ outcome: 'failed', tests: [], checks: [], attachments: [], ended });
  expect(found.next).toBe('npm run acceptance');
  expect(await readdir(artefacts)).toContain('suites.tests.json');
});

test('what had failed when its runner was killed is told, and no verdict is green', async () => {
  const ended = { how: 'interrupted', why: 'interrupted by SIGINT' } as const;
  const found = await report({ failures: [failure], ended });
  expect(found.outcome).toBe('failed');
  expect(found.tests).toMatchObject([{ name: 'the chain > holds', state: 'failed', detail: 'expected 1, got 2' }]);
  expect(rollback(found)?.state).toBe('broken');
  await putTests([story('passed', 'a'), story('passed', 'b')]);
  const green = await report({ ended, tally: { passed: 0, failed: 0, skipped: 0 } });
  expect(green).toMatchObject({ outcome: 'failed', tally: { passed: 2, failed: 0, skipped: 0 } });
  expect(rollback(green)?.state).toBe('unfinished');
});

test('one that ran suites and faults has both, with the faults that each promise’s checks have seen', async () => {
  await putTests([story('passed')]);
  await put('faults/evidence/rollback-an-upgrade/events.txt');
  const fault = (state: 'passed' | 'failed', name: string) => ({
    ...{ file: 'harness/faults/rollback.faults.ts', name: `rollback > ${name}`, state, durationMs: 5 },
  });
  const faults = [fault('passed', 'healthy'), fault('passed', 'a: one'), fault('failed', 'an upgrade')];
  await writeFile(path.join(artefacts, 'faults', 'faults.tests.json'), JSON.stringify(faults));
  const missed: RunFailure = {
    ...{
      project: 'faults',
      file: 'harness/faults/rollback.faults.ts',
      names: ['rollback', 'an upgrade'],
      detail: 'none',
    },
  };
  const found = await report({
    ...{ command: 'test', faultsBeside: 'faults', failures: [missed], ran: { command: 'npm test --', args: [] } },
  });
  expect(rollback(found)).toMatchObject({
    ...{ state: 'blind', stories: { passed: 1 }, faults: { seen: ['a: one'], missed: ['an upgrade'] } },
  });
  expect(found.tests.at(-1)).toMatchObject({ evidence: ['faults/evidence/rollback-an-upgrade'] });
  expect(found.next).toBe("npm run faults -- rollback -t '^rollback an upgrade$'");
  expect(rollback(await report())?.faults).toMatchObject({ seen: [], missed: [] });
});
