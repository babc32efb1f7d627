import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['ALTER TABLE audit_log OWNER TO other', 'REASSIGN OWNED BY meho TO other', 'ALTER FUNCTION f() OWNER TO other'],
  green: ['CREATE TABLE x (); ALTER TABLE x OWNER TO other'],
};
