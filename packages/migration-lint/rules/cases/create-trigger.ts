import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'CREATE TRIGGER t BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION f()',
    'CREATE RULE r AS ON INSERT TO audit_log DO INSTEAD NOTHING',
    'ALTER TABLE audit_log DISABLE TRIGGER t',
    'CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()',
  ],
  green: ['CREATE TABLE x (); CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW EXECUTE FUNCTION f()'],
};
