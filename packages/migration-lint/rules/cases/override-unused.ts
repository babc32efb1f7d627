import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['-- meho:allow drop-table because nothing ever used it\nSELECT 1'],
  green: ['-- meho:allow drop-table because nothing ever used it\nDROP TABLE audit_log'],
};
