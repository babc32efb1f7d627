import type { Severity } from '../finding.ts';

/**
 * What a rule protects: `additive` is the promise that image N runs on schema N+1 (contract, "migration
 * compatibility"); `availability` is that N keeps answering while the migration runs; `lint` is the lint's own honesty.
 */
export type RuleGroup = 'additive' | 'availability' | 'lint';

export interface Rule {
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** One line, e.g. for a rule index. */
  readonly title: string;
  /** What happens to image N. */
  readonly reason: string;
  /** What to write instead. */
  readonly safeWay: string;
}
