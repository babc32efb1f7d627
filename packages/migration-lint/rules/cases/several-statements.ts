import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [{ python: 'op.execute("SELECT 1; SELECT 2")' }],
  green: ['SELECT 1; SELECT 2', { python: 'op.execute("SELECT 1")\nop.execute("SELECT 2")' }],
};
