import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER ROLE meho SET search_path = other',
    'ALTER DATABASE meho SET default_transaction_read_only = on',
    "ALTER SYSTEM SET max_connections = '1'",
    'ALTER ROLE meho NOLOGIN',
  ],
  green: ['SET search_path = public', "SET LOCAL statement_timeout = '1s'"],
};
