import { expandFirst, type Rule } from './rule.ts';

export const dropIndex = {
  id: 'drop-index',
  group: 'additive',
  severity: 'error',
  title: 'Index dropped',
  reason:
    "Image N's ON CONFLICT clauses need their unique index, its queries become sequential scans without the others, and the drop waits for and then blocks every reader and writer. Where it is the replica identity of a published table, every UPDATE and DELETE is an error from then on, although there is a primary key.",
  safeWay: `${expandFirst} Then use DROP INDEX CONCURRENTLY; before it, name the replica identity that comes next (ALTER TABLE … REPLICA IDENTITY).`,
} as const satisfies Rule;
