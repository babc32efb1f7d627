import { onMain, scripts } from '../query.ts';
import type { WorkflowRule } from '../rule.ts';
import { stepsOf } from '../workflow.ts';

/** Source: contract.md, "migration compatibility". */
export const migrationCompat: readonly WorkflowRule[] = [
  {
    title: 'judges strictly what a pull request adds to the migrations',
    conditions: (workflow) => ({
      'it runs for pull requests against main that touch migrations':
        onMain(workflow, 'pull_request') &&
        ['**/migrations/**', '**/alembic/versions/**'].every((each) =>
          workflow.on['pull_request']?.paths?.includes(each),
        ),
      'it judges what was added since the merge base': /migration-compat .*--range "\$BASE\.\.\.\$HEAD"/.test(
        scripts(workflow),
      ),
      'every commit is at hand': stepsOf(workflow)[0]?.with?.['fetch-depth'] === 0,
      "what can't be followed fails": /migration-compat .*--strict /.test(scripts(workflow)),
      'nothing to judge fails': /-eq 0 \]; then[\s\S]*exit 1/.test(scripts(workflow)),
    }),
    brokenBy: [
      ['      - "**/alembic/versions/**"\n', ''],
      ['"$BASE...$HEAD"', '"$HEAD"'],
      ['fetch-depth: 0', 'fetch-depth: 1'],
      ['--strict ', ''],
      ['exit 1', 'exit 0'],
    ],
  },
];
