import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'CREATE TABLE IF NOT EXISTS x (a int); CREATE UNIQUE INDEX i ON x (a)',
    'CREATE TABLE IF NOT EXISTS x (a int); ALTER TABLE x ADD UNIQUE (a)',
  ],
  green: [
    'CREATE TABLE x (a int); CREATE UNIQUE INDEX i ON x (a)',
    'CREATE TABLE IF NOT EXISTS x (a int); CREATE INDEX i ON x (a)',
  ],
};
