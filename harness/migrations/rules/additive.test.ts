import { expect, test } from 'vitest';
import { judgeCases } from '../testing/cases.ts';
import { lintSql } from '../testing/judge.ts';
import type { additiveRules } from './additive.ts';
import { renamed } from './testing/renamed.ts';
import { rowsAndRights } from './testing/rows-and-rights.ts';
import { takenAway } from './testing/taken-away.ts';
import { tightened } from './testing/tightened.ts';

// Every rule has its cases, or this doesn't compile.
judgeCases<keyof typeof additiveRules>({ ...takenAway, ...renamed, ...tightened, ...rowsAndRights });

test('the synthetic N+1 has nothing against it', () => {
  const sql = `BEGIN;
    ALTER TABLE audit_log ADD COLUMN payload_summary text NULL DEFAULT 'reserved_for_v0.2';
    ALTER TABLE audit_log ADD COLUMN payload_summary_jsonb jsonb NULL DEFAULT '{}';
  COMMIT;`;
  expect(lintSql(sql).findings).toEqual([]);
});
