import type { Cases } from '../../testing/cases.ts';
import type { RuleId } from '../rules.ts';

/** Fire on what commits change, not on a text: range.process.spec.ts shows it. */
export const ofCommits: readonly RuleId[] = ['edited-migration', 'deleted-migration'];

/** And on what a Postgres shows: observe/ has the tests. */
export const withoutText: readonly RuleId[] = [...ofCommits, 'unforeseen-change'];

/** Undefined for rules without a text. @throws if a rule has no file of cases */
export async function casesOf(id: RuleId): Promise<Cases | undefined> {
  if (withoutText.includes(id)) {
    return undefined;
  }
  const { cases }: { readonly cases: Cases } = await import(`../cases/${id}.ts`);
  return cases;
}
