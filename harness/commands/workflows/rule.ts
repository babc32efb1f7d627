import type { Workflow } from './workflow.ts';

/** A property that workflows must have and no linter can check. */
export interface WorkflowRule {
  readonly title: string;
  /** Each condition of the rule, in words, and whether the workflow meets it. */
  readonly conditions: (workflow: Workflow) => Readonly<Record<string, boolean>>;
  /** Replacements in the file's text: each breaks a condition, and together they break every one. */
  readonly brokenBy: readonly (readonly [from: string, to: string])[];
}

/** Lists the conditions that a workflow doesn't meet. */
export function violations(rule: WorkflowRule, workflow: Workflow): readonly string[] {
  return Object.entries(rule.conditions(workflow)).flatMap(([condition, holds]) => (holds ? [] : [condition]));
}
