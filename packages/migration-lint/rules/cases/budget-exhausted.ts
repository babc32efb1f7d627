import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [{ python: 'for a in range(1999):\n    for b in range(1999):\n        c = a + b\nop.drop_table("audit_log")' }],
  green: [{ python: 'for a in range(3):\n    op.execute("SELECT 1")' }],
};
