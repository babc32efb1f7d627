import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['ALTER TABLE audit_log ADD g int GENERATED ALWAYS AS (status_code + 1)'],
  green: [
    'ALTER TABLE audit_log ADD g int GENERATED ALWAYS AS (status_code + 1) STORED',
    'ALTER TABLE audit_log ADD g int GENERATED ALWAYS AS (status_code + 1) VIRTUAL',
  ],
};
