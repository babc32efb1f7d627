import type { Workflow } from './workflow.ts';

/** Something that a workflow must have, and a change that takes it away. */
export interface Demand {
  readonly title: string;
  readonly holds: (workflow: Workflow) => boolean;
  /** Replaced in the file's text, `from` by `to`: then the demand must no longer hold. */
  readonly brokenBy: readonly (readonly [from: string, to: string])[];
}
