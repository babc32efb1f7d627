import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ["CREATE INDEX CONCURRENTLY i ON audit_log (((payload->>'n')::int))"],
  green: [
    'CREATE INDEX CONCURRENTLY i ON audit_log (lower(path))',
    "CREATE INDEX CONCURRENTLY i ON audit_log ((payload->>'n'))",
  ],
};
