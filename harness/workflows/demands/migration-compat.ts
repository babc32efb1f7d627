import type { Demand } from '../demand.ts';
import { forkGuard } from '../every-workflow.ts';
import { onMain, scripts } from '../look.ts';
import { stepsOf } from '../workflow.ts';

/** Source: contract.md, "migration compatibility". */
export const migrationCompat: readonly Demand[] = [
  forkGuard,
  {
    title: 'runs for pull requests against main that touch migrations, and only for these',
    holds: (workflow) =>
      onMain(workflow, 'pull_request') &&
      ['**/migrations/**', '**/alembic/versions/**'].every((each) =>
        workflow.on['pull_request']?.paths?.includes(each),
      ),
    brokenBy: [['      - "**/alembic/versions/**"\n', '']],
  },
  {
    title: 'judges what the pull request adds since the merge base, with all commits at hand',
    holds: (workflow) =>
      /migration-compat .*--range "\$BASE\.\.\.\$HEAD"/.test(scripts(workflow)) &&
      stepsOf(workflow)[0]?.with?.['fetch-depth'] === 0,
    brokenBy: [
      ['fetch-depth: 0', 'fetch-depth: 1'],
      ['"$BASE...$HEAD"', '"$HEAD"'],
    ],
  },
  {
    title: "fails on what can't be followed",
    holds: (workflow) => /migration-compat .*--strict /.test(scripts(workflow)),
    brokenBy: [['--strict ', '']],
  },
  {
    title: 'fails where there is nothing to judge',
    holds: (workflow) => /-eq 0 \]; then[\s\S]*exit 1/.test(scripts(workflow)),
    brokenBy: [['exit 1', 'exit 0']],
  },
];
