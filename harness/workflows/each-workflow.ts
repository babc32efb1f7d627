import type { Demand } from './demand.ts';
import { chart } from './demands/chart.ts';
import { ci } from './demands/ci.ts';
import { migrationCompat } from './demands/migration-compat.ts';
import { nightlyRke2 } from './demands/nightly-rke2.ts';
import { prSmoke } from './demands/pr-smoke.ts';

/** What is demanded of each workflow, beyond what holds for all. */
export const eachWorkflow: Readonly<Record<string, readonly Demand[]>> = {
  'ci.yml': ci,
  'migration-compat.yml': migrationCompat,
  'chart.yml': chart,
  'pr-smoke.yml': prSmoke,
  'nightly-rke2.yml': nightlyRke2,
};
