import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['ALTER SEQUENCE s RESTART WITH 1', "SELECT setval('s', 1)"],
  green: [
    'CREATE SEQUENCE s; ALTER SEQUENCE s RESTART WITH 5',
    "CREATE SEQUENCE s; SELECT setval('s', 1)",
    'ALTER SEQUENCE s OWNED BY audit_log.id',
  ],
};
