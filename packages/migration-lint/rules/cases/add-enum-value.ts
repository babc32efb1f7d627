import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ["ALTER TYPE state ADD VALUE 'held'", "ALTER TYPE state ADD VALUE IF NOT EXISTS 'held' BEFORE 'open'"],
  green: ["CREATE TYPE s AS ENUM ('a'); ALTER TYPE s ADD VALUE 'b'", "CREATE TYPE s AS ENUM ('a', 'b')"],
};
