import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { canaries, corrupt, hostile, yamlPieces } from './draw-text.ts';

const soundTargets = readFileSync(new URL('../../../../examples/targets.yaml', import.meta.url), 'utf8');

export const targets = corrupt(fc.constant(soundTargets), yamlPieces).map((text) => ({ targets: text }));

const soundValues = `image: { repository: example/meho }
ingress: { host: meho.example.com }
database: { password: ${canaries.values} }
`;
export const values = fc
  .oneof({ weight: 3, arbitrary: fc.constant(soundValues) }, corrupt(fc.constant(soundValues), yamlPieces))
  .map((text) => ({ values: text }));

const soundObjects = `apiVersion: v1
kind: Secret
metadata: { name: meho-database }
stringData: { password: ${canaries.values} }
`;
export const objects = fc
  .oneof({ weight: 3, arbitrary: fc.constant(soundObjects) }, corrupt(fc.constant(soundObjects), yamlPieces))
  .map((text) => ({ objects: text }));

const statements = [
  'ALTER TABLE audit_log ADD COLUMN payload_summary text;',
  'ALTER TABLE audit_log DROP COLUMN actor;',
  'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON audit_log (at);',
  'UPDATE audit_log SET actor = $tag$ x $tag$;',
  "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$;",
  'ALTER TABLE "a""b" RENAME TO "c\u001b[2J";',
  'ALTER TABLE "##[error]x" DROP COLUMN "\n::error::y";',
  '-- meho:allow drop-column because nobody reads it',
  '/* /* nested */ */',
  "SET lock_timeout = '2s';",
  'BEGIN; COMMIT;',
];
const sqlPieces = ["'", '"', '$$', '/*', '*/', '--', ';', '(', ')', '\\', "E'", '\n', '::', '$1', 'NULL', '1e999'];

const alembic = `revision = "a1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade() -> None:
    op.add_column("audit_log", sa.Column("payload_summary", sa.Text(), nullable=True))
    op.execute("ALTER TABLE audit_log DROP COLUMN actor")


def downgrade() -> None:
    pass
`;
const pythonPieces = [
  '"',
  "'",
  '"""',
  '\n',
  '    ',
  '\t',
  '(',
  ')',
  '[',
  ':',
  '#',
  '\\',
  'def ',
  'if ',
  'lambda: ',
  'f"',
  '{',
  'op.',
  'None',
];

const sql = corrupt(
  fc.array(fc.constantFrom(...statements), { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n')),
  sqlPieces,
);
const fileName = hostile.map((text) => text.replaceAll('/', '').replaceAll('\u0000', '').toWellFormed().slice(0, 40));

export const migrations = fc
  .record({
    sql: fc.array(sql, { maxLength: 3 }),
    alembic: fc.option(corrupt(fc.constant(alembic), pythonPieces)),
    named: fc.option(fileName, { freq: 3 }),
  })
  .map((each) => ({
    ...Object.fromEntries(each.sql.map((text, index) => [`migrations/00${index}_a.sql`, text])),
    ...(each.alembic === null ? {} : { 'migrations/versions/a1.py': each.alembic }),
    ...(each.named === null ? {} : { [`migrations/x${each.named}.sql`]: statements.join('\n') }),
  }));
