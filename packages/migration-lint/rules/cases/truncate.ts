import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['TRUNCATE audit_log', 'CREATE TABLE x (); TRUNCATE x, audit_log CASCADE'],
  green: ['CREATE TABLE x (); TRUNCATE x'],
};
