import { describe, expect, test } from 'vitest';
import type { LintOptions } from '../lint.ts';
import type { RuleId } from '../rules/rules.ts';
import { lintSql, lintUpgrade, rulesOf } from './lint-text.ts';

/** SQL, or the body of an Alembic `upgrade()`. */
export type Case = string | { readonly python: string };

/** What a rule must find, and similar migrations that it must not. */
export interface Cases {
  readonly red: readonly Case[];
  readonly green: readonly Case[];
}

export function testCases(rule: RuleId, { red, green }: Cases, options: Partial<LintOptions> = {}): void {
  const found = (each: Case) =>
    rulesOf(typeof each === 'string' ? lintSql(each, options) : lintUpgrade(each.python, options));
  describe(rule, () => {
    test.each(red.map(titled))('red: %s', (_, each) => {
      const next = 'report it in packages/migration-lint/sql/';
      expect(found(each), next).toContain(rule);
    });
    test.each(green.map(titled))('green: %s', (_, each) => {
      expect(found(each)).not.toContain(rule);
    });
  });
}

function titled(each: Case): readonly [string, Case] {
  return [typeof each === 'string' ? each : each.python, each];
}
