import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ["ALTER TYPE state RENAME VALUE 'open' TO 'opened'"],
  green: [
    "ALTER TYPE state ADD VALUE IF NOT EXISTS 'closed'",
    "CREATE TYPE s AS ENUM ('a'); ALTER TYPE s RENAME VALUE 'a' TO 'b'",
  ],
};
