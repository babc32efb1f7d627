import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['REVOKE INSERT ON audit_log FROM meho', 'REVOKE admins FROM meho'],
  green: ['GRANT SELECT ON audit_log TO reader', 'CREATE TABLE x (); REVOKE ALL ON x FROM PUBLIC'],
};
