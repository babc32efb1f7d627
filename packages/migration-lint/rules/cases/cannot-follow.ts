import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['SELECT other()', { python: 'op.execute(open("next.sql").read())' }],
  green: ['SELECT now()', { python: 'text = "SELECT 1"\nop.execute(text)' }],
};
