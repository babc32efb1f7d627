import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'DROP TABLE audit_log',
    'DROP TABLE IF EXISTS public.audit_log CASCADE',
    'CREATE TABLE x (); DROP TABLE x, audit_log',
    'CREATE TABLE IF NOT EXISTS audit_log (); DROP TABLE audit_log',
    'CREATE SCHEMA s CREATE TABLE s.t (); DROP TABLE t',
  ],
  green: [
    'CREATE TABLE x (); DROP TABLE x',
    'CREATE TEMP TABLE audit_log (); DROP TABLE audit_log',
    'CREATE TABLE s.x (); DROP TABLE s.x',
  ],
};
