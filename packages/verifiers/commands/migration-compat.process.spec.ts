import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { cliDeadlineMs, test } from '../testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

const ownCommand = path.join(repositoryRoot, 'packages', 'migration-lint', 'command', 'main.ts');
const secret = 'pw-4cf7-never-to-be-shown';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'migration-compat-'));
  await writeFile(
    path.join(folder, 'good.sql'),
    "SET lock_timeout = '5s';\nALTER TABLE audit_log ADD COLUMN note text;\n",
  );
  await writeFile(path.join(folder, 'bad.sql'), 'ALTER TABLE audit_log DROP COLUMN payload;\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Without what differs: names, times, and where the pages lie beside each. */
const alike = (text: string) =>
  text
    .replaceAll('meho-acceptance ', '')
    .replaceAll(/(?<=page: )\S*(?=docs\/rules\/)/g, '')
    .replaceAll(/\d+\.\d s\b|"durationMs": \d+/g, '');

test.for<readonly [number, readonly string[], RegExp]>([
  [0, ['good.sql'], /compatible, 1 migration/],
  [1, ['bad.sql'], /drop-column/],
  [1, ['bad.sql', '--output', 'json'], /"outcome": "incompatible"/],
  [2, ['nowhere'], /expected a folder or file/],
  [2, ['nowhere', '--output=json'], /"exitCode": 2/],
  [2, [`postgres://ada:${secret}@db.example/meho`], /\[secret\]/],
  [0, ['--help'], /usage: migration-compat/],
  [0, ['--rules'], /^drop-table /],
])("the published command and the package's own end with %i alike for %j", async ([exitCode, args, says], { cli }) => {
  const options = { cwd: folder, env: cli.environment, timeoutMs: cliDeadlineMs, acceptExitCodes: [1, 2] };
  const published = await run(process.execPath, [cli.program, 'migration-compat', ...args], options);
  const own = await run(process.execPath, [ownCommand, ...args], options);
  expect([published.exitCode, own.exitCode]).toEqual([exitCode, exitCode]);
  expect(alike(own.stdout)).toBe(alike(published.stdout));
  expect(alike(own.stderr)).toBe(alike(published.stderr));
  expect(alike(own.stdout + own.stderr)).toMatch(says);
  expect(own.stdout + own.stderr).not.toContain(secret);
});
