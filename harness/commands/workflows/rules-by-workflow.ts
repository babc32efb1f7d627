import type { WorkflowRule } from './rule.ts';
import { chart } from './rules/chart.ts';
import { ci } from './rules/ci.ts';
import { migrationCompat } from './rules/migration-compat.ts';
import { nightlyRke2 } from './rules/nightly-rke2.ts';
import { prSmoke } from './rules/pr-smoke.ts';

/** What holds for one workflow, beyond what holds for all. */
export const rulesByWorkflow: Readonly<Record<string, readonly WorkflowRule[]>> = {
  'ci.yml': ci,
  'migration-compat.yml': migrationCompat,
  'chart.yml': chart,
  'pr-smoke.yml': prSmoke,
  'nightly-rke2.yml': nightlyRke2,
};
