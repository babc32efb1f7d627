import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { profileOf } from './profile.ts';
import { programsFile } from './watch-programs.ts';

async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'profile-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'faults'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), JSON.stringify(content));
  }
  return folder;
}

const file = (name: string, startTime: number, endTime: number, stories: Readonly<Record<string, number>>) => ({
  name: `/somewhere/${name}`,
  startTime,
  endTime,
  assertionResults: Object.entries(stories).map(([fullName, duration]) => ({ fullName, duration })),
});

test('tells phases, files and stories with their times, and programs with their share', async () => {
  const folder = await folderWith({
    'suites.json': {
      testResults: [
        file('suites/install/a.spec.ts', 1_000, 31_000, { 'a cold install': 12_000 }),
        file('suites/install/b.spec.ts', 31_000, 41_000, { 'a wrapper': 9_000 }),
      ],
    },
    'faults/faults.json': { testResults: [file('harness/faults/smoke.faults.ts', 0, 5_000, { 'smoke healthy': 400 })] },
    [programsFile]: {
      wallMs: 50_000,
      cores: 2,
      machineMs: 80_000,
      programs: [{ program: 'kube-apiserver', cpuMs: 60_000 }],
    },
  });
  const lines = (await profileOf(folder)).split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
  expect(lines).toEqual([
    ' | took | phase',
    'suites | 40.0 s | 2 files',
    'faults | 5.00 s | 1 files',
    '',
    ' | took | file, set-up included',
    'suites | 30.0 s | suites/install/a.spec.ts',
    'suites | 10.0 s | suites/install/b.spec.ts',
    'faults | 5.00 s | harness/faults/smoke.faults.ts',
    '',
    ' | took | story; several run at once',
    'suites | 12.0 s | a cold install',
    'suites | 9.00 s | a wrapper',
    'faults | 0.40 s | smoke healthy',
    '',
    'CPU | share | program',
    '60.0 s | 75 % | kube-apiserver',
    '20.0 s | 25 % | what ended between two looks',
    'CPU in all: 80.0 s of 2 cores in 50.0 s, 80 %; of the whole machine, whoever used it',
  ]);
});

test('without a report it says what to run', async () => {
  await expect(profileOf(await folderWith({}))).rejects.toThrow(/run `npm test` first/);
});
