import { additiveRules } from './additive.ts';
import { availabilityRules } from './availability.ts';
import { lintRules } from './lint.ts';
import type { Rule } from './rule.ts';

const catalogue = { ...additiveRules, ...availabilityRules, ...lintRules };

export type RuleId = keyof typeof catalogue;

/** Every rule by its id, in the order in which they are documented. */
export const rules: Readonly<Record<RuleId, Rule>> = catalogue;

export const ruleIds: readonly RuleId[] = Object.keys(catalogue).filter(isRuleId);

export function isRuleId(id: string): id is RuleId {
  return Object.hasOwn(catalogue, id);
}

/** What it is reported for has not been judged. */
export function isUnjudged(rule: RuleId): boolean {
  return rule === 'cannot-parse' || rule === 'cannot-follow';
}
