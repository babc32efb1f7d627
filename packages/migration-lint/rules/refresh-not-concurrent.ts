import type { Rule } from './rule.ts';

export const refreshNotConcurrent = {
  id: 'refresh-not-concurrent',
  group: 'availability',
  severity: 'error',
  title: 'Index rebuilt or materialised view refreshed without CONCURRENTLY',
  reason: 'REINDEX refuses writes, REFRESH refuses reads of image N until it is done.',
  safeWay: 'REINDEX … CONCURRENTLY; REFRESH MATERIALIZED VIEW CONCURRENTLY (needs a unique index).',
} as const satisfies Rule;
