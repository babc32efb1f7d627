import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { quiet } from '@meho/core/report/testing/quiet';
import { type CompatReport, checkMigrations } from '@meho/migration-lint/compat';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureAlembic } from '../../../differential/apply-alembic.ts';
import { alembicProject } from './alembic-project.ts';

const signal = new AbortController().signal;
const hasPython = await run('python3', ['-c', ''], { timeoutMs: 30_000 }).then(
  () => true,
  () => false,
);

let folder: string;
let python: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'execute-'));
  if (hasPython) {
    python = await ensureAlembic(readSettings().cacheFolder, { progress: quiet, signal });
  }
}, 1_800_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const project = (upgrades: readonly string[], others: Readonly<Record<string, string>> = {}) =>
  alembicProject(folder, upgrades, others);

async function judge(
  cwd: string,
  { postgres, seconds = 100, by = python }: { postgres?: '17' | '18'; seconds?: number; by?: string } = {},
) {
  return checkMigrations({
    cwd,
    paths: ['alembic/versions'],
    range: undefined,
    allowUnjudged: false,
    assumeLockTimeout: true,
    failOn: 'error',
    execute: { python: by, postgres, timeoutMs: seconds * 1000 },
    signal,
  });
}

/** Of each file. */
function rulesIn({ files }: CompatReport): string[][] {
  return files.map(({ findings }) => [...new Set(findings.map(({ rule }) => rule))]);
}

const table = 'op.create_table("a", sa.Column("id", sa.Integer), sa.Column("b", sa.Text))';

describe.skipIf(!hasPython)(`executed by Alembic${hasPython ? '' : ' (skipped: there is no python3)'}`, () => {
  test('what a helper of the project sends is judged where it is called', async () => {
    const helpers = { 'helpers.py': 'from alembic import op\n\n\ndef tidy(name):\n    op.drop_table(name)\n' };
    const report = await judge(await project(['from helpers import tidy\ntidy("audit_log")'], helpers));
    expect(report.executed).toMatch(/^python 3.* alembic .* sqlalchemy .*without a server$/);
    expect(report.files).toMatchObject([
      { findings: [{ rule: 'drop-table', line: 10 }], execution: { depth: 'offline', statements: 1 } },
    ]);
  });

  test('a guard for offline SQL hides nothing', async () => {
    const body = 'if op.get_context().as_sql:\n    return\nop.drop_column("audit_log", "path")';
    expect(rulesIn(await judge(await project([body])))).toEqual([['drop-column']]);
  });

  test('an operation of a batch is found, and allowed, where it stands', async () => {
    const body = [
      'with op.batch_alter_table("audit_log") as batch:',
      '    batch.add_column(sa.Column("note", sa.Text))',
      '    batch.drop_column("path")  # meho: allow drop-column because it was never released',
    ].join('\n');
    const { files, outcome } = await judge(await project([body]));
    expect(files[0]?.findings).toMatchObject([{ rule: 'drop-column', line: 11, override: {} }]);
    expect(outcome).toBe('compatible');
  });

  test('an autocommit block runs to its end, and a batch within one sends behind it', async () => {
    const index = 'batch.create_index("i", ["b"], postgresql_concurrently=True)';
    const autocommit = 'with op.get_context().autocommit_block():';
    const within = `with op.batch_alter_table("a") as batch:\n    ${autocommit}\n        ${index}`;
    const around = `${autocommit}\n    with op.batch_alter_table("a") as batch:\n        ${index}`;
    for (const [body, rules] of [
      [within, ['concurrently-in-transaction']],
      [around, []],
    ] as const) {
      const report = await judge(await project([body]));
      expect(report.files.map(({ execution }) => execution)).toEqual([{ depth: 'offline', statements: 1 }]);
      expect(rulesIn(report)).toEqual([rules]);
    }
  });
  test('values are what the driver sends', async () => {
    const body =
      'op.get_bind().execute(sa.text("DELETE FROM audit_log WHERE id IN :ids").bindparams(sa.bindparam("ids", expanding=True)), {"ids": [1, 2]})';
    const [file] = (await judge(await project([body]))).files;
    expect(file?.findings).toMatchObject([{ rule: 'delete-rows', statement: expect.stringContaining('IN (1, 2)') }]);
  });

  test('without a server, what reads the database ends it, and the rest keeps its prediction', async () => {
    const body =
      'rows = op.get_bind().execute(sa.text("SELECT id FROM a")).fetchall()\nfor row in rows:\n    op.drop_table("c")';
    const { files } = await judge(await project([body]));
    expect(files).toMatchObject([
      { execution: { stopped: 'it reads the database' }, findings: [{ rule: 'drop-table' }] },
    ]);
  });

  test('on a server at N it is answered, and what data would decide keeps its prediction', async () => {
    const reads =
      'if "b" in [each["name"] for each in sa.inspect(op.get_bind()).get_columns("a")]:\n    op.drop_column("a", "b")';
    const data =
      'for row in op.get_bind().execute(sa.text("SELECT id FROM a")):\n    op.execute(f"DROP TABLE t{row[0]}")';
    const report = await judge(await project([table, reads, data]), { postgres: '17' });
    expect(report.executed).toMatch(/on PostgreSQL 17\./);
    expect(report.files.map(({ execution }) => execution?.depth)).toEqual(['online', 'online', 'online']);
    const [first, second, third] = rulesIn(report);
    expect([first, second]).toEqual([[], ['drop-column']]);
    expect(third).toContain('cannot-follow');
  });

  test("what goes past SQLAlchemy, by the driver's own connection, is judged as well, on a server and without", async () => {
    const text = 'str.join(" ", ["DELETE", "FROM", "a"] + [each for each in [] if each])';
    const raw = [
      `op.get_bind().connection.cursor().execute(${text})`,
      `cursor = op.get_bind().connection.driver_connection.cursor()\ncursor.executemany(${text} + " WHERE b = %s", [("x",)])`,
    ];
    const helpers = { 'helpers.py': `def go(connection):\n    connection.cursor().execute(${text})\n` };
    const bodies = [table, ...raw, 'from helpers import go\ngo(op.get_bind().connection)'];
    const expected = [[], ['delete-rows'], ['delete-rows'], ['delete-rows']];
    expect(rulesIn(await judge(await project(bodies, helpers), { postgres: '17' }))).toEqual(expected);
    const offline = [table, raw[0] ?? '', bodies[3] ?? ''];
    expect(rulesIn(await judge(await project(offline, helpers)))).toEqual([[], ['delete-rows'], ['delete-rows']]);
  });

  test('what Alembic sends of a column that is so already is no finding', async () => {
    const given = [
      'type_=sa.String(length=20), existing_type=sa.VARCHAR(20)',
      'nullable=False, existing_nullable=False, server_default="x", existing_server_default="x"',
      'type_=sa.String(30), existing_type=sa.String(20)',
      'nullable=False, existing_nullable=True, server_default="y", existing_server_default="x"',
    ];
    const report = await judge(await project(given.map((each) => `op.alter_column("audit_log", "path", ${each})`)));
    expect(rulesIn(report)).toEqual([[], [], ['change-column-type'], ['set-not-null', 'change-default']]);
  });

  test('what the server refuses is not green, nor is it what comes behind it that is blamed', async () => {
    const report = await judge(
      await project([table, 'op.execute("ALTER TABLE x ADD c text")', 'op.execute("SELECT 1")']),
      {
        postgres: '17',
      },
    );
    expect(rulesIn(report)).toEqual([[], ['cannot-follow'], []]);
    expect(report.files[1]?.findings[0]?.message).toContain('relation "x" does not exist');
  });
});

describe.skipIf(!hasPython)(`what misbehaves${hasPython ? '' : ' (skipped: there is no python3)'}`, () => {
  test('a hang ends with the time it has, and what did run stays judged', async () => {
    const report = await judge(await project(['op.drop_table("a")', 'while True:\n    pass']), { seconds: 20 });
    expect(rulesIn(report)).toEqual([['drop-table'], ['cannot-follow']]);
    expect(report.files[1]?.findings[0]?.message).toContain('did not end within 20 s');
  });

  test('output is dropped, and a process that it starts ends with it', async () => {
    const body =
      'import subprocess\nprint("x" * 50_000_000)\nsubprocess.Popen(["sleep", "86399.25"])\nop.drop_table("a")';
    expect(rulesIn(await judge(await project([body])))).toEqual([['drop-table']]);
    expect(await commandLines()).not.toContain('86399.25');
  });

  test('a socket, a file of the user and a write reach nothing', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const secret = path.join(folder, 'secret');
    await writeFile(secret, 'secret');
    const tries = [`socket.create_connection(("127.0.0.1", ${port}), 2)`, `open("${secret}")`, 'open(__file__, "a")'];
    const bodies = tries.map((attempt) => `import socket\n${attempt}\nop.drop_table("reached")`);
    const { files } = await judge(await project(bodies));
    server.close();
    expect(files.map(({ execution }) => execution?.statements)).toEqual([0, 0, 0]);
    expect(files.map(({ execution }) => execution?.stopped)).toEqual([
      expect.stringMatching(/^(?:ConnectionRefusedError|OSError)/),
      expect.stringMatching(/^FileNotFoundError/),
      expect.stringMatching(/^OSError: \[Errno 30\]/),
    ]);
  });

  test('a file that does not load is named, and the others are judged', async () => {
    const cwd = await project(['op.drop_table("a")'], {
      'alembic/versions/9.py': 'revision = "9"\nimport nowhere\n\n\ndef upgrade():\n    pass\n',
    });
    expect(rulesIn(await judge(cwd))).toEqual([['drop-table'], ['cannot-follow']]);
  });

  test('isolation that does not hold ends the run: the canary is shown to be reached', async () => {
    const cwd = await project(['op.drop_table("a")']);
    await writeFile(path.join(cwd, 'alembic.ini'), `[alembic]\nprepend_sys_path = ${tmpdir()}\n`);
    await expect(judge(cwd)).rejects.toThrow(/--execute: expected .* could reach the file outside; use --static/);
  });
});

test.skipIf(!hasPython)('a Python without Alembic, and none, are one line', async () => {
  const cwd = await project(['op.drop_table("a")']);
  const bare = path.join(folder, 'bare');
  await run(python, ['-m', 'venv', '--without-pip', bare], { timeoutMs: 60_000 });
  await expect(judge(cwd, { by: path.join(bare, 'bin', 'python') })).rejects.toThrow(
    /^--execute: expected Alembic and SQLAlchemy beside [^\n]*$/,
  );
  await expect(judge(cwd, { by: path.join(folder, 'nowhere') })).rejects.toThrow(
    /^--python: expected a Python with Alembic [^\n]*--static, which runs nothing$/,
  );
});

test.skipIf(!hasPython)('a server without a driver for it is one line, not a run without a server', async () => {
  const cwd = await project(['op.drop_table("a")']);
  const driverless = path.join(folder, 'driverless');
  await run('python3', ['-m', 'venv', '--without-pip', driverless], { timeoutMs: 60_000 });
  const own = (of: string) =>
    run(of, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], { timeoutMs: 30_000 });
  const [from, to] = await Promise.all([own(python), own(path.join(driverless, 'bin', 'python'))]);
  const packages = (await readdir(from.stdout.trim())).filter((name) => !/psycopg|asyncpg/.test(name));
  await Promise.all(
    packages.map((name) =>
      cp(path.join(from.stdout.trim(), name), path.join(to.stdout.trim(), name), { recursive: true }),
    ),
  );
  await expect(judge(cwd, { by: path.join(driverless, 'bin', 'python'), postgres: '17' })).rejects.toThrow(
    /^--postgres: expected psycopg, psycopg2 or asyncpg beside [^\n]*$/,
  );
});

async function commandLines(): Promise<string> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.join('\n');
}
