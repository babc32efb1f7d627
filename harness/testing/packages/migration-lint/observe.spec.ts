import { mkdtemp, rm } from 'node:fs/promises';
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
  folder = await mkdtemp(path.join(tmpdir(), 'observe-'));
  if (hasPython) {
    python = await ensureAlembic(readSettings().cacheFolder, { progress: quiet, signal });
  }
}, 1_800_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Judged {
  readonly observe?: boolean;
  readonly postgres?: '17' | '18';
  readonly others?: Readonly<Record<string, string>>;
  readonly paths?: readonly string[];
}

/** Bodies of `upgrade()` upon the audit log, whose own migration is left out of what is returned. */
async function judge(
  upgrades: readonly string[],
  { observe = true, postgres = '17', others = {}, paths = ['alembic/versions'] }: Judged = {},
): Promise<CompatReport> {
  const report = await checkMigrations({
    cwd: await alembicProject(folder, [auditLog, ...upgrades], others),
    paths,
    range: undefined,
    allowUnjudged: false,
    assumeLockTimeout: true,
    failOn: 'error',
    execute: { python, postgres, observe, timeoutMs: 100_000 },
    signal,
  });
  return { ...report, files: report.files.slice(1) };
}

const auditLog = [
  'op.create_table("audit_log", sa.Column("id", sa.Integer, primary_key=True), sa.Column("path", sa.Text))',
  'op.create_index("audit_log_path", "audit_log", ["path"])',
].join('\n');

const allowed = '# meho: allow cannot-follow because it only adds columns';

/** A DO block that puts the whole statement together from what a query answers. */
function computed(statement: string): string {
  const text = `SELECT string_agg('ALTER TABLE ' || tablename || ' ${statement}', ';') FROM pg_tables WHERE tablename LIKE 'audit' || chr(95) || '%'`;
  return `${allowed}\nop.execute("""DO $$ BEGIN EXECUTE (${text}); END $$""")`;
}

describe.skipIf(!hasPython)(`observed on a Postgres${hasPython ? '' : ' (skipped: there is no python3)'}`, () => {
  test('a column that a computed statement drops, allowed as what nobody can judge, is red; one that it adds is not', async () => {
    const drops = computed("DROP COLUMN ' || 'pa' || 'th");
    const unobserved = await judge([drops], { observe: false });
    expect(unobserved.outcome).toBe('compatible');
    for (const postgres of ['17', '18'] as const) {
      const { outcome, files } = await judge([drops, computed('ADD COLUMN note text')], { postgres });
      expect(outcome).toBe('incompatible');
      expect(files).toMatchObject([
        {
          findings: [
            { rule: 'unforeseen-change', message: 'drops column audit_log.path, which no finding foretold', line: 8 },
            { rule: 'cannot-follow', override: {} },
          ],
          observation: { additive: 0, foretold: 0, unforeseen: 1 },
        },
        { findings: [{ rule: 'cannot-follow', override: {} }], observation: { additive: 1, unforeseen: 0 } },
      ]);
    }
  });

  test('it is allowed where somebody says so', async () => {
    const known = `# meho: allow unforeseen-change because no image reads it\n${computed("DROP COLUMN ' || 'pa' || 'th")}`;
    const { outcome, files } = await judge([known]);
    expect(outcome).toBe('compatible');
    expect(files[0]?.findings.map(({ rule, override }) => [rule, override !== undefined])).toEqual([
      ['unforeseen-change', true],
      ['cannot-follow', true],
    ]);
  });

  test('what a finding foretold is counted, and what it foretold wrongly is said', async () => {
    const conditional = 'if not sa.inspect(op.get_bind()).has_table("audit_log"):\n    op.drop_table("audit_log")';
    const { files } = await judge([
      'op.add_column("audit_log", sa.Column("note", sa.Text))',
      conditional,
      'op.drop_column("audit_log", "path")',
    ]);
    expect(files.map(({ observation }) => observation)).toMatchObject([
      { additive: 1, foretold: 0, unseen: [], locks: [{ table: 'public.audit_log', mode: 'AccessExclusiveLock' }] },
      { additive: 0, foretold: 0, unseen: [{ rule: 'drop-table', line: 10 }], locks: [] },
      { additive: 0, foretold: 1, unforeseen: 0, unseen: [] },
    ]);
  });

  test('a new column ends what was prepared as the driver has it that env.py names', async () => {
    const environment = { 'alembic/env.py': 'from alembic import context\nimport psycopg\n' };
    const { files } = await judge(['op.add_column("audit_log", sa.Column("note", sa.Text))'], { others: environment });
    const said = expect.stringMatching(/^adds audit_log\.note: .* psycopg, which env\.py names/);
    expect(files).toMatchObject([{ findings: [], observation: { prepared: said } }]);
  });

  test('each folder has a database of its own', async () => {
    const head = 'from alembic import op\n\nrevision = "1"\ndown_revision = None\n\n\n';
    const own = `${head}def upgrade() -> None:\n    op.execute("CREATE TABLE audit_log (id int)")\n`;
    const { files } = await judge([], { others: { 'other/1.py': own }, paths: ['alembic/versions', 'other'] });
    expect(files).toMatchObject([{ findings: [], observation: { additive: 1 } }]);
  });

  test('what could not be observed is said', async () => {
    const index = 'op.create_index("i", "audit_log", ["path"], postgresql_concurrently=True)';
    const { files } = await judge([
      `with op.get_context().autocommit_block():\n    ${index}`,
      'op.execute("SELECT 1 / 0")',
      'op.add_column("audit_log", sa.Column("note", sa.Text))',
    ]);
    expect(files.map(({ observation }) => observation)).toMatchObject([
      { additive: 1, notObserved: ['the locks within its autocommit block'] },
      { why: 'it did not get to its end' },
      { why: 'a migration that it builds on did not get to its end' },
    ]);
    const sql = await judge([], { others: { 'sql/1.sql': 'SELECT 1;' }, paths: ['alembic/versions', 'sql'] });
    expect(sql.files).toMatchObject([{ observation: { why: 'only what Alembic runs is applied' } }]);
  });

  test('what a migration leaves unusable fails nothing silently', async () => {
    const nowhere =
      'op.execute("SET search_path = nowhere")\nop.execute("ALTER ROLE CURRENT_USER SET search_path = nowhere")';
    const swallowed = 'try:\n    op.execute("SELECT 1 / 0")\nexcept Exception:\n    pass';
    const { files } = await judge([nowhere, 'op.execute("ALTER TABLE public.audit_log ADD note text")', swallowed]);
    expect(files).toMatchObject([
      { findings: [{ rule: 'change-session-defaults' }], observation: { foretold: 1 } },
      { findings: [], observation: { additive: 1 } },
      { observation: { why: 'it did not get to its end' } },
    ]);
  });
});
