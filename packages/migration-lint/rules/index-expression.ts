import type { Rule } from './rule.ts';

export const indexExpression = {
  id: 'index-expression',
  group: 'additive',
  severity: 'error',
  title: 'Index over an expression on an existing table',
  reason: "The expression is computed for each row that image N writes; where it raises an error, N's INSERT fails.",
  safeWay: 'Use an expression that cannot fail (->>, lower) or an index over a plain column.',
} as const satisfies Rule;
