// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import type { Demand } from '../demand.ts';
import { forkGuard } from '../every-workflow.ts';
import { onMain, scripts, step } from '../look.ts';

/** Source: seed, "PR-level CI". */
export const ci: readonly Demand[] = [
  forkGuard,
  {
    title: 'is called CI: others wait for it by that name',
    holds: ({ name }) => name === 'CI',
    brokenBy: [['name: CI', 'name: Checks']],
  },
  {
    title: 'runs for pull requests against main, on main, and for the merge queue',
    holds: (workflow) => onMain(workflow, 'pull_request') && onMain(workflow, 'push') && 'merge_group' in workflow.on,
    brokenBy: [
      ['  merge_group:\n', ''],
      ['  pull_request:\n    branches: [main]', '  pull_request:\n    branches: [next]'],
    ],
  },
  {
    title: 'cancels what is out of date, but never a check of the merge queue',
    holds: ({ concurrency }) => concurrency?.['cancel-in-progress'] === "${{ github.event_name != 'merge_group' }}",
    brokenBy: [["${{ github.event_name != 'merge_group' }}", 'true']],
  },
  {
    title: 'runs what a merge has to pass, and the quick checks beside it',
    holds: (workflow) =>
      ['.ci/run', 'npm run check', '--project chart'].every((part) => scripts(workflow).includes(part)),
    brokenBy: [
      ['- run: .ci/run', '- run: npm run test:unit'],
      ['- run: npm run check', '- run: npx tsc'],
    ],
  },
  {
    title: 'keeps the evidence of a failure',
    holds: (workflow) => step(workflow, 'Keep reports and evidence').if === 'always()',
    brokenBy: [['        if: always()\n', '']],
  },
];
