import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['REFRESH MATERIALIZED VIEW v', 'REINDEX TABLE audit_log'],
  green: [
    'REFRESH MATERIALIZED VIEW CONCURRENTLY v',
    'REINDEX TABLE CONCURRENTLY audit_log',
    'CREATE MATERIALIZED VIEW v AS SELECT 1; REFRESH MATERIALIZED VIEW v',
  ],
};
