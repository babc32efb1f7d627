import type { Severity } from '../finding.ts';

/**
 * `additive`: image N runs on schema N+1 (contract, "migration compatibility"); `availability`: N answers during the
 * migration; `lint`: what the lint doesn't know.
 */
type RuleGroup = 'additive' | 'availability' | 'lint';

export interface Rule {
  /** Also the name of its file, of its cases and of its page in docs/rules/. */
  readonly id: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  readonly title: string;
  /** What happens to image N. */
  readonly reason: string;
  readonly safeWay: string;
}

/** The safe way for whatever is taken away. */
export const expandFirst =
  'Leave it in place, ship an image that no longer uses it, and remove it in the release after that one can no longer be rolled back to.';
