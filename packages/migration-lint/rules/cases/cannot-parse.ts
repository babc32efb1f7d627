import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['selec 1', { python: 'op.execute(' }],
  green: ['SELECT 1'],
};
