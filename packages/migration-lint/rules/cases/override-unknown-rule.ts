import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['-- meho:allow drop-tables because nothing ever used it\nDROP TABLE audit_log'],
  green: ['-- meho:allow drop-table because nothing ever used it\nDROP TABLE audit_log'],
};
