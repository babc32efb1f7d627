import type { Rule } from './rule.ts';

export const replaceView = {
  id: 'replace-view',
  group: 'additive',
  severity: 'warning',
  title: 'View may be replaced',
  reason:
    'CREATE OR REPLACE changes what image N reads from a view of that name. Options that it does not repeat are gone: without security_invoker the view reads as its owner, past the row security of whoever asks.',
  safeWay:
    'Use CREATE VIEW: it fails where the name is taken; give changed contents a new name. Where you allow it, repeat its options (WITH (security_invoker = true)).',
} as const satisfies Rule;
