import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['ALTER TABLE audit_log ALTER path DROP NOT NULL'],
  green: ['CREATE TABLE x (a int NOT NULL); ALTER TABLE x ALTER a DROP NOT NULL'],
};
