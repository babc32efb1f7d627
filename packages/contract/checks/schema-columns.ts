import { psqlForColumns } from '../audit-log/psql.ts';
import type { Check } from '../check.ts';

/**
 * A rollback runs no migration (contract, rollback-verify check 2).
 *
 * @param columns of `audit_log`, plain SQL identifiers
 */
export function schemaColumns(columns: readonly string[]): Check<'database'> {
  return {
    id: 'schema-columns',
    title: `audit_log still has ${columns.join(', ')}`,
    needs: ['database'],
    byHand: `run: ${psqlForColumns()}`,
    async run({ database }, signal) {
      const expected = `the columns ${columns.join(', ')} in audit_log`;
      const found = await database.columns(signal);
      if (found.kind === 'unknown') {
        return { outcome: 'unknown', expected, observed: found.observed, hint: found.hint };
      }
      if (found.kind === 'missing') {
        return { outcome: 'violated', expected, observed: found.observed, hint: found.hint, severity: 'failure' };
      }
      const missing = columns.filter((column) => !found.columns.has(column));
      if (missing.length > 0) {
        return {
          outcome: 'violated',
          expected,
          observed: `${missing.join(', ')} missing`,
          hint: 'the schema was taken back with the image, or N+1 was never migrated: look at its migration Job',
          severity: 'failure',
        };
      }
      return { outcome: 'holds', observed: `${columns.length} of ${columns.length} there` };
    },
  };
}
