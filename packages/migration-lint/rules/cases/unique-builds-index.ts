import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ADD UNIQUE (path)',
    'ALTER TABLE audit_log ADD PRIMARY KEY (path)',
    'ALTER TABLE audit_log ADD a int UNIQUE',
  ],
  green: [
    'ALTER TABLE audit_log ADD CONSTRAINT u UNIQUE USING INDEX i',
    'CREATE TABLE x (a int); ALTER TABLE x ADD UNIQUE (a)',
  ],
};
