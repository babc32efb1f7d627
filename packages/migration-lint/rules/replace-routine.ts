import type { Rule } from './rule.ts';

export const replaceRoutine = {
  id: 'replace-routine',
  group: 'additive',
  severity: 'warning',
  title: 'Function may be replaced',
  reason: 'CREATE OR REPLACE changes a function that image N, a default or a trigger on its tables may already call.',
  safeWay: 'Use CREATE FUNCTION: it fails where the name is taken; give changed behaviour a new name.',
} as const satisfies Rule;
