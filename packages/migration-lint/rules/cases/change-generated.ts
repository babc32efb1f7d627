import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ALTER id ADD GENERATED ALWAYS AS IDENTITY',
    'ALTER TABLE audit_log ALTER id SET GENERATED ALWAYS',
  ],
  green: ['CREATE TABLE x (id int NOT NULL); ALTER TABLE x ALTER id ADD GENERATED ALWAYS AS IDENTITY'],
};
