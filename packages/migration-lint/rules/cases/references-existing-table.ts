import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'CREATE TABLE child (id int, parent int REFERENCES audit_log)',
    'CREATE TABLE child (id int, FOREIGN KEY (id) REFERENCES audit_log ON DELETE CASCADE)',
    'CREATE TABLE child (id int); ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES audit_log ON DELETE SET NULL',
    'ALTER TABLE tenant ADD last uuid REFERENCES audit_log ON DELETE RESTRICT',
    'CREATE TABLE child (id int, parent int REFERENCES audit_log NOT ENFORCED)',
    'CREATE TABLE child (id int, v tstzrange, FOREIGN KEY (id, PERIOD v) REFERENCES audit_log (id, PERIOD v))',
    'ALTER TABLE audit_log ADD previous uuid REFERENCES audit_log',
    'ALTER TABLE audit_log ADD FOREIGN KEY (path) REFERENCES audit_log (path) NOT VALID',
  ],
  green: [
    'ALTER TABLE audit_log ADD previous uuid REFERENCES audit_log ON DELETE SET NULL',
    'ALTER TABLE audit_log ADD previous uuid REFERENCES audit_log NOT ENFORCED',
    'CREATE TABLE child (id int, parent int)',
    'CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (parent int REFERENCES parent)',
    'CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree)',
  ],
};
