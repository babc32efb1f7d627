import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log RENAME TO audit',
    'ALTER TABLE audit_log SET SCHEMA archive',
    'CREATE TABLE n (); ALTER TABLE audit_log RENAME TO o; ALTER TABLE n RENAME TO audit_log',
  ],
  green: ['CREATE TABLE x (); ALTER TABLE x RENAME TO y', 'CREATE TABLE x (); ALTER TABLE x RENAME TO y; DROP TABLE y'],
};
