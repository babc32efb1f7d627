import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log RENAME path TO route',
    'ALTER TABLE audit_log RENAME COLUMN payload TO body',
    'ALTER TYPE t RENAME ATTRIBUTE a TO b',
  ],
  green: ['ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log RENAME a TO b'],
};
