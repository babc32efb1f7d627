import type { Cases } from '../../testing/cases.ts';
import type { RuleId } from '../rules.ts';

/** Fire on what commits change, not on a text: range.process.spec.ts shows it. */
export const ofCommits: readonly RuleId[] = ['edited-migration', 'deleted-migration'];

/** Undefined for rules of commits. @throws if a rule has no file of cases */
export async function casesOf(id: RuleId): Promise<Cases | undefined> {
  if (ofCommits.includes(id)) {
    return undefined;
  }
  const { cases }: { readonly cases: Cases } = await import(`../cases/${id}.ts`);
  return cases;
}
