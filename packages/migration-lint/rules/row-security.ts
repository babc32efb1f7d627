import type { Rule } from './rule.ts';

export const rowSecurity = {
  id: 'row-security',
  group: 'additive',
  severity: 'error',
  title: 'Row security switched on or off, or narrowed',
  reason:
    'Rows disappear from what image N reads, and its INSERTs may be refused; switched off, N reads rows of others.',
  safeWay: 'Ship an image that sets what the policies ask for first, then switch row security on.',
} as const satisfies Rule;
