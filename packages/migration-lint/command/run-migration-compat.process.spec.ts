import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CommandResult, run } from '@meho/core/process/run';
import { safeLine } from '@meho/core/report/safe-text';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMigrationCompat } from './run-migration-compat.ts';

const additive = "SET lock_timeout = '5s';\nALTER TABLE audit_log ADD COLUMN note text;\n";
const destructive = 'ALTER TABLE audit_log DROP COLUMN payload;\n';
const alembic = (body: string) =>
  `from alembic import op\n\nrevision = "2"\n\n\ndef upgrade() -> None:\n    ${body}\n\n\ndef downgrade() -> None:\n    op.drop_table("audit_log")\n`;

let folder: string;
let repository: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'migration-compat-'));
  repository = path.join(folder, 'repository');
  await write('1_first.sql', 'CREATE TABLE audit_log (id uuid PRIMARY KEY);\n');
  await git('init', '--quiet', '--initial-branch', 'main');
  await commit('first');
  await write('2_second.py', alembic('op.execute("SELECT 1")'));
  await commit('second');
  await write('1_first.sql', `CREATE TABLE audit_log (id uuid PRIMARY KEY);\n${destructive}`);
  await commit('third');
  await write('9_uncommitted.sql', destructive);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string, below = 'repository/versions'): Promise<string> {
  const file = path.join(folder, below, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

function git(...args: readonly string[]): Promise<CommandResult> {
  return run('git', ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com', ...args], {
    cwd: repository,
    timeoutMs: 20_000,
  });
}

async function commit(message: string): Promise<void> {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
}

async function cli(
  args: readonly string[],
  cwd = folder,
): Promise<Pick<CommandResult, 'exitCode' | 'stdout' | 'stderr'>> {
  let [stdout, stderr] = ['', ''];
  const exitCode = await runMigrationCompat(args, {
    command: 'migration-compat',
    safe: safeLine,
    cwd,
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

describe('exit codes', () => {
  test('0: additive', async () => {
    const file = await write('a.sql', additive, 'ok');
    expect(await cli([path.dirname(file)])).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/\[ok\] .*a\.sql: additive\nmigration-compat: compatible, 1 migration,/),
    });
  });
  test('1: findings, with place, reason and safe way, on stderr', async () => {
    const file = await write('b.sql', `SELECT 1;\n  ${destructive}`, 'bad');
    const { exitCode, stderr } = await cli([file]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\[FAIL\] .*b\.sql:2:3 drop-column: drops column audit_log\.payload/);
    expect(stderr).toMatch(/why: .*\n +instead: /);
  });
  test('links to folders are followed, once', async () => {
    await write('real/a.sql', destructive, 'linked');
    const links = path.dirname(await write('links/ok.sql', additive, 'linked'));
    await symlink('../real', path.join(links, 'more'));
    await symlink('.', path.join(links, 'round'));
    const { exitCode, stdout, stderr } = await cli([links]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('links/more/a.sql:1:1 drop-column');
    expect(stdout).toContain('links/round is not judged');
  });
  test('a down migration is what has an up, not what has "down" in its name', async () => {
    const file = await write('3_break_down.sql', destructive, 'downs');
    expect((await cli([path.dirname(file)])).exitCode).toBe(1);
    await write('3_break_up.sql', additive, 'downs');
    expect((await cli([path.dirname(file)])).stdout).toContain('3_break_down.sql is not judged');
  });
  test('folders of tools are named', async () => {
    await write('.venv/a.sql', destructive, 'tools');
    const file = await write('a.sql', additive, 'tools');
    expect((await cli([path.dirname(file)])).stdout).toMatch(/\.venv is not judged: a folder of tools/);
  });
  test('upgrade() is judged, downgrade() is not', async () => {
    expect((await cli([await write('up.py', alembic('op.execute("SELECT 1")'), 'py')])).exitCode).toBe(0);
    expect((await cli([await write('down.py', alembic('op.drop_table("audit_log")'), 'py2')])).exitCode).toBe(1);
  });
  test('warnings fail with --fail-on warning, the unknown unless it is allowed', async () => {
    const warned = await write('w.sql', 'ALTER TABLE audit_log ADD COLUMN note text;', 'warned');
    expect((await cli([warned])).exitCode).toBe(0);
    expect((await cli([warned, '--fail-on', 'warning'])).exitCode).toBe(1);
    expect((await cli([warned, '--fail-on=warning', '--assume-lock-timeout'])).exitCode).toBe(0);
    const unknown = await write('u.sql', 'SELECT other();', 'unknown');
    expect((await cli([unknown])).exitCode).toBe(1);
    expect((await cli(['--strict', unknown])).exitCode).toBe(1);
    expect(await cli(['--allow-unjudged', unknown])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(
        'compatible, 1 migration, 0 errors, 1 warning, 0 allowed by override, 1 place in 1 migration not judged',
      ),
    });
    const broken = await write('broken.sql', 'selec 1;', 'broken');
    expect((await cli([broken])).exitCode).toBe(1);
    expect((await cli(['--allow-unjudged', broken])).exitCode).toBe(0);
  });
  test('a budget that is used up fails in every mode', async () => {
    const loops =
      'for a in range(1999):\n        for b in range(1999):\n            c = a + b\n    op.drop_table("audit_log")';
    const file = await write('loops.py', alembic(loops), 'budget');
    for (const flags of [[], ['--strict'], ['--allow-unjudged']]) {
      const { exitCode, stderr } = await cli([...flags, file]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/loops\.py:\d+:\d+ budget-exhausted: takes more than 200000 steps/);
    }
  });
  test('env.py says how it is run, in a folder and in a range', async () => {
    const several = alembic('op.execute("SELECT 1; SELECT 2")');
    const versions = path.dirname(await write('1.py', several, 'environment/versions'));
    expect((await cli([versions])).exitCode).toBe(0);
    await write(
      'env.py',
      'from alembic import context\nfrom sqlalchemy.ext.asyncio import async_engine_from_config\n',
      'environment',
    );
    expect(await cli([versions])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('[FAIL]'),
    });
    await write('env.py', 'from alembic import context\nimport psycopg\n', 'environment');
    expect(await cli([versions])).toMatchObject({ exitCode: 0, stderr: '' });
  });
  test('an override is printed and passes', async () => {
    const file = await write(
      'o.sql',
      `-- meho:allow drop-column because it was never released\n${destructive}`,
      'allowed',
    );
    expect(await cli([file, '--assume-lock-timeout'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('because it was never released'),
    });
  });
});

describe('2: it could not run as asked', () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a Python and nothing to run', ['--python', 'python3', '.'], /^error: --python: expected --execute beside it/],
    ['a server and nothing to run', ['--postgres', '17', '.'], /^error: --postgres: expected --execute beside it/],
    [
      'nothing to observe',
      ['--observe', '.'],
      /^error: --observe: expected --execute --postgres 17 or 18 beside it[^\n]*\n$/,
    ],
    [
      'no server to observe',
      ['--observe', '--execute', '.'],
      /^error: --observe: expected --execute --postgres[^\n]*\n$/,
    ],
    ['a server of another version', ['--execute', '--postgres', '9', '.'], /^error: --postgres: expected 17 or 18/],
    ['both depths', ['--static', '--execute', '.'], /^error: expected --static or --execute, got both/],
    ['nothing to judge', [], /expected a folder or file of migrations, or --range/],
    ['no such folder', ['nowhere'], /nowhere: expected a folder or file/],
    ['an empty folder', ['empty'], /empty: expected a folder with at least one migration/],
    ['a file that is none', ['notes.txt'], /notes\.txt: expected a migration/],
    ['a file that is not UTF-8', ['latin.sql'], /latin\.sql: expected text in UTF-8/],
    [
      'flags that contradict each other',
      ['--strict', '--allow-unjudged', 'ok'],
      /expected --strict or --allow-unjudged, got both/,
    ],
    ['an unknown flag', ['--fast', 'ok'], /unknown flag --fast/],
    ['an unknown format', ['--output', 'xml', 'ok'], /--output: expected text or json or sarif or github/],
    ['a flag without its value', ['ok', '--range'], /--range: expected a value/],
    ['no range', ['--range', 'main'], /--range: expected two commits as A\.\.B/],
    ['an option for a commit', ['--range=--output=x..main'], /--range: expected two commits/],
    ['no repository', ['--range', 'a..b'], /expected a git repository/],
  ];
  beforeAll(async () => {
    await mkdir(path.join(folder, 'empty'), { recursive: true });
    await write('notes.txt', 'x', '.');
    await writeFile(path.join(folder, 'latin.sql'), Buffer.from("SELECT '\xe4'", 'latin1'));
  });
  test.each(wrong)('%s', async (_, args, message) => {
    const { exitCode, stderr, stdout } = await cli(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
  test('every problem at once', async () => {
    const { stderr } = await cli(['nowhere', 'empty', 'notes.txt']);
    expect(stderr.trim().split('\n')).toHaveLength(3);
  });
});

describe('--range', () => {
  test('judges what the commits add, as they have it', async () => {
    const { exitCode, stdout } = await cli(['--range', 'HEAD~2..HEAD~1'], repository);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('[ok] versions/2_second.py: additive');
    expect(stdout).toContain('1 migration,');
  });
  test('judges changes of old migrations, and says that they are', async () => {
    const { exitCode, stderr } = await cli(['--range', 'HEAD~1..'], repository);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('[WARN] versions/1_first.sql:1:1 edited-migration');
  });
  test('is limited to folders, which must exist', async () => {
    expect((await cli(['--range', 'HEAD~2..HEAD', 'versions'], repository)).exitCode).toBe(0);
    expect(await cli(['--range', 'HEAD~2..HEAD', 'versoins'], repository)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/versoins: expected a folder or file that is there/),
    });
  });
  test('a commit that is not there', async () => {
    expect(await cli(['--range', 'HEAD~9..HEAD'], repository)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('expected a commit, got "HEAD~9"'),
    });
  });
  test('refuses what is not UTF-8, reads a byte order mark, and knows a removed down migration', async () => {
    const other = path.join(repository, '..', 'other');
    const inOther = (...args: readonly string[]) =>
      run('git', ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com', '-C', other, ...args], {
        timeoutMs: 20_000,
      });
    await write('1_up.sql', additive, 'other/m');
    await write('1_down.sql', destructive, 'other/m');
    await inOther('init', '--quiet', '--initial-branch', 'main');
    await inOther('add', '--all');
    await inOther('commit', '--quiet', '--message', 'first');
    await write('1_down.sql', `${destructive}-- again\n`, 'other/m');
    await write('2.sql', `\uFEFF${destructive}`, 'other/m');
    await inOther('add', '--all');
    await inOther('commit', '--quiet', '--message', 'second');
    const { stdout, stderr } = await cli(['--range', 'HEAD~1...HEAD'], other);
    expect(stderr).toContain('m/2.sql:1:1 drop-column');
    expect(stdout).toContain('m/1_down.sql is not judged');
    await writeFile(path.join(other, 'm', '3.sql'), Buffer.from("SELECT '\xe4'", 'latin1'));
    await inOther('add', '--all');
    await inOther('commit', '--quiet', '--message', 'third');
    expect(await cli(['--range', 'HEAD~1..HEAD'], other)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/3\.sql: expected text in UTF-8/),
    });
  });
  test('without a migration in it says so', async () => {
    expect(await cli(['--range', 'HEAD..HEAD'], repository)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('[note] the range adds and changes no migration'),
    });
  });
});

describe('--output', () => {
  test.each(['json', 'sarif'])('%s is one document on stdout', async (format) => {
    const file = await write('b.sql', destructive, 'bad');
    const { exitCode, stdout, stderr } = await cli([file, '--output', format]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject(
      format === 'json' ? { outcome: 'incompatible', exitCode: 1 } : { version: '2.1.0' },
    );
  });
  test('github', async () => {
    const file = await write('b.sql', destructive, 'bad');
    expect((await cli([file, '--output', 'github'])).stdout).toMatch(
      /^::warning .*\n?::error file=.*b\.sql,line=1,col=1,title=drop-column::|^::error file=.*b\.sql,line=1,col=1,title=drop-column::/m,
    );
  });
});

test('what could not be judged is one document, too', async () => {
  const { exitCode, stdout } = await cli(['--output', 'json', 'nowhere']);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ verifier: 'migration-compat', outcome: 'error', exitCode: 2 });
});

test('--help and --rules', async () => {
  expect(await cli(['--help'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('--range A..B') });
  expect(await cli(['--rules'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^drop-table \(additive, error\)/),
  });
});
