import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ['CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$'],
  green: ['CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$'],
};
