import { describe, expect, test } from 'vitest';
import type { LintOptions } from '../lint.ts';
import { lintSql, rulesOf } from './judge.ts';

/** For each rule: SQL that must be red, and its nearest neighbours that must be green. */
export type Cases<Rule extends string> = Readonly<
  Record<Rule, { readonly red: readonly string[]; readonly green: readonly string[] }>
>;

/** Makes a test of each. */
export function judgeCases<Rule extends string>(cases: Cases<Rule>, options: Partial<LintOptions> = {}): void {
  for (const [rule, { red, green }] of Object.entries<Cases<Rule>[Rule]>(cases)) {
    describe(rule, () => {
      test.each(red)('red: %s', (sql) => {
        expect(rulesOf(lintSql(sql, options))).toContain(rule);
      });
      test.each(green)('green: %s', (sql) => {
        expect(rulesOf(lintSql(sql, options))).not.toContain(rule);
      });
    });
  }
}
