import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['CREATE OR REPLACE VIEW v AS SELECT 1'],
  green: ['CREATE VIEW v AS SELECT 1'],
};
