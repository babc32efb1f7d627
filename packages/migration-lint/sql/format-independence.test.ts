import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { lintSql, rulesOf } from '../testing/lint-text.ts';
import { scanSql } from './syntax/parser.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Independent of each other, with their findings. */
const statements = [
  'ALTER TABLE audit_log DROP COLUMN payload CASCADE',
  "ALTER TABLE public.audit_log ADD COLUMN note text NOT NULL DEFAULT 'It''s -- fine'",
  'ALTER TABLE audit_log ADD COLUMN tenant uuid NOT NULL',
  'DROP TABLE IF EXISTS vault_lease, operator',
  'CREATE INDEX ix_path ON audit_log USING btree (path DESC)',
  'CREATE INDEX CONCURRENTLY ix_sub ON audit_log (operator_sub)',
  'CREATE TABLE lease (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT now())',
  'DELETE FROM audit_log WHERE occurred_at < now()',
  'ALTER TABLE session RENAME COLUMN token TO secret',
  "COMMENT ON TABLE audit_log IS 'DROP TABLE audit_log;'",
  'ALTER TABLE tenant ALTER COLUMN name SET NOT NULL',
  "DO $$ BEGIN EXECUTE 'DROP VIEW ' || quote_ident('report'); END $$",
  'GRANT SELECT ON audit_log TO reader',
] as const;

const separators = fc.constantFrom(
  ' ',
  '\n',
  '\t',
  '  \n ',
  ' /* DROP TABLE x; */ ',
  '\n-- ALTER TABLE x DROP COLUMN y;\n',
  '\r\n',
);

const rewritten = (statement: string) =>
  fc
    .tuple(fc.infiniteStream(separators), fc.infiniteStream(fc.constantFrom('upper', 'lower', 'asis')))
    .map(([spaces, letters]) =>
      scanSql(statement)
        .map(({ text, name }) => {
          const how = letters.next().value;
          const plain = name !== 'SCONST' && !/^['"$]/.test(text);
          const cased = !plain || how === 'asis' ? text : how === 'upper' ? text.toUpperCase() : text.toLowerCase();
          return `${spaces.next().value}${cased}`;
        })
        .join(''),
    );

const subset = fc.shuffledSubarray([...statements], { minLength: 1 });

describe('the verdict does not depend on', () => {
  test('the format and letter case of the SQL', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...statements).chain((statement) => fc.tuple(fc.constant(statement), rewritten(statement))),
        ([statement, other]) => {
          expect(rulesOf(lintSql(other))).toEqual(rulesOf(lintSql(statement)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('the order of independent statements, nor on those beside one', () => {
    fc.assert(
      fc.property(subset, (chosen) => {
        const alone = [...new Set(chosen.flatMap((statement) => rulesOf(lintSql(statement))))].sort();
        // In one transaction, held locks would make them dependent.
        expect(rulesOf(lintSql(`${chosen.join(';\nCOMMIT;\n')};`))).toEqual(alone);
      }),
      { numRuns: 100 },
    );
  });

  test('what stands around: every text ends in a verdict', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (noise) => {
        const { findings } = lintSql(`${noise};\nDROP TABLE audit_log;`);
        expect(findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});
