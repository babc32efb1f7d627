import type { Rule } from './rule.ts';

export const tableRewrite = {
  id: 'table-rewrite',
  group: 'availability',
  severity: 'error',
  title: 'Whole table rewritten or scanned under lock',
  reason: 'Image N can neither read nor write the table until every row has been copied.',
  safeWay: 'Leave it to a maintenance window, or to a tool that copies in the background (pg_repack).',
} as const satisfies Rule;
