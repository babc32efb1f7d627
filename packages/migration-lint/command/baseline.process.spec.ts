import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { safeLine } from '@meho/core/report/safe-text';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runMigrationCompat } from './run-migration-compat.ts';

const drop = 'ALTER TABLE audit_log DROP COLUMN payload;\n';
const unknown = 'SELECT other();\n';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baseline-'));
  await write('migrations/1.sql', drop);
  await write('migrations/2.sql', unknown);
  await write('migrations/3.sql', 'SELECT 1;\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function cli(...args: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const exitCode = await runMigrationCompat(args, {
    command: 'migration-compat',
    safe: safeLine,
    cwd: folder,
    signal: new AbortController().signal,
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
  });
  return { exitCode, stdout, stderr };
}

async function commit(message: string): Promise<void> {
  const author = ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com'];
  await run('git', ['add', '--all'], { cwd: folder, timeoutMs: 60_000 });
  await run('git', [...author, 'commit', '--quiet', '--message', message], { cwd: folder, timeoutMs: 60_000 });
}

describe('of a folder', () => {
  test('what is written does not fail from then on, is counted, and hides nothing new', async () => {
    const written = await cli('--write-baseline', 'baseline.json', 'migrations');
    expect(written).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('baseline.json accepts 3 findings of this run'),
    });
    const again = await cli('--baseline', 'baseline.json', 'migrations');
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout).toContain(
      '[note] migrations/1.sql: 2 findings in the baseline (drop-column, lock-without-timeout)\n',
    );
    expect(again.stdout).toContain(
      '[note] baseline.json accepts 3 findings in 2 migrations, 1 place of them not judged\n',
    );
    expect(again.stdout).toMatch(
      /compatible, 3 migrations, 0 errors, .* 3 accepted by the baseline, 1 place in 1 migration not judged,/,
    );
    expect(again.stdout).not.toContain('migrations/1.sql: additive');
    await write('migrations/3.sql', drop);
    const worse = await cli('--baseline', 'baseline.json', 'migrations');
    expect(worse).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('[FAIL] migrations/3.sql:1:1 drop-column'),
    });
    expect(worse.stderr).not.toContain('migrations/1.sql');
  });
  test('entries without a finding are said, of files that are gone too', async () => {
    await cli('--write-baseline', 'baseline.json', 'migrations');
    await write('migrations/1.sql', 'SELECT 1;\n');
    await rm(path.join(folder, 'migrations/2.sql'));
    const { exitCode, stdout } = await cli('--baseline', 'baseline.json', 'migrations');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'baseline.json accepts what is no longer found: migrations/1.sql drop-column: drops column audit_log.payload;',
    );
    expect(stdout).toContain('baseline.json accepts what is no longer found: migrations/2.sql cannot-follow');
  });
  test('from another folder, by another path', async () => {
    await cli('--write-baseline', 'migrations/baseline.json', 'migrations');
    expect((await cli('--baseline', 'migrations/baseline.json', path.join(folder, 'migrations'))).exitCode).toBe(0);
  });
  test('in JSON, SARIF and annotations', async () => {
    await cli('--write-baseline', 'baseline.json', 'migrations');
    const flags = ['--baseline', 'baseline.json', 'migrations', '--output'];
    const json = JSON.parse((await cli(...flags, 'json')).stdout);
    expect(json).toMatchObject({
      exitCode: 0,
      baseline: { file: 'baseline.json', findings: 3, migrations: 2, unjudged: 1, stale: [] },
    });
    expect(json.files[0].findings).toContainEqual(
      expect.objectContaining({ rule: 'drop-column', acceptedBy: 'baseline.json' }),
    );
    const sarif = JSON.parse((await cli(...flags, 'sarif')).stdout);
    expect(sarif.runs[0].results[0].suppressions).toEqual([
      { kind: 'external', justification: 'accepted by baseline.json' },
    ]);
    const github = (await cli(...flags, 'github')).stdout;
    expect(github).toContain('::notice title=baseline::baseline.json accepts 3 findings');
    expect(github).not.toContain('::error');
  });
});

describe('it can not run', () => {
  test.each([
    [
      'without the file',
      ['--baseline', 'missing.json', 'migrations'],
      /^error: --baseline: expected a file .*there is none .*\n$/,
    ],
    [
      'on something else',
      ['--baseline', 'migrations/1.sql', 'migrations'],
      /^error: --baseline: expected in migrations\/1\.sql .* got no JSON; .*\n$/,
    ],
    ['over something else', ['--write-baseline', 'migrations/1.sql', 'migrations'], /got no JSON/],
    [
      'with both flags',
      ['--baseline', 'a', '--write-baseline', 'a', 'migrations'],
      /^error: expected --baseline or --write-baseline, got both.*\n$/,
    ],
    [
      'where it writes of a range',
      ['--write-baseline', 'a', '--range', 'a..b'],
      /^error: expected --write-baseline without --range.*\n$/,
    ],
    [
      'where it can not write',
      ['--write-baseline', 'none/a', 'migrations'],
      /^error: --write-baseline: expected to write none\/a .*\n$/,
    ],
  ])('%s', async (_, args, stderr) => {
    expect(await cli(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(stderr) });
    expect(await readFile(path.join(folder, 'migrations/1.sql'), 'utf8')).toBe(drop);
  });
  test('on what was executed, without executing', async () => {
    await cli('--write-baseline', 'baseline.json', 'migrations');
    const text = await readFile(path.join(folder, 'baseline.json'), 'utf8');
    await write('baseline.json', text.replace('"executed": false', '"executed": true'));
    expect(await cli('--baseline', 'baseline.json', 'migrations')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('written by a run without --execute'),
    });
  });
});

describe('with a range', () => {
  test('commits can not accept what they add', async () => {
    await run('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: folder, timeoutMs: 60_000 });
    await cli('--write-baseline', 'baseline.json', 'migrations');
    await commit('before');
    await write('migrations/4.sql', drop);
    await cli('--write-baseline', 'baseline.json', 'migrations');
    await commit('accepts its own');
    expect((await cli('--baseline', 'baseline.json', 'migrations')).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await cli(
      '--baseline',
      'baseline.json',
      '--range',
      'HEAD~1..HEAD',
      'migrations',
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('migrations/4.sql:1:1 drop-column');
    expect(stdout).toContain('baseline.json, as it is at HEAD~1, accepts 0 findings in 0 migrations');
  });
  test('one that was not there yet accepts nothing', async () => {
    await run('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: folder, timeoutMs: 60_000 });
    await commit('before');
    await write('migrations/4.sql', drop);
    await cli('--write-baseline', 'baseline.json', 'migrations');
    await commit('accepts its own');
    expect((await cli('--baseline', 'baseline.json', '--range', 'HEAD~1...HEAD', 'migrations')).exitCode).toBe(1);
  });
});
