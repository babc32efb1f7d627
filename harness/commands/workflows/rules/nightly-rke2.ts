// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import { inOrder, rights, script, scripts, step } from '../query.ts';
import type { WorkflowRule } from '../rule.ts';
import { jobsOf } from '../workflow.ts';

/** Source: what the lab does every night. */
export const nightlyRke2: readonly WorkflowRule[] = [
  {
    title: 'runs every night behind its gate, and one night is never in the way of the next',
    conditions: (workflow) => ({
      'it runs every night, and when it is asked to': 'schedule' in workflow.on && 'workflow_dispatch' in workflow.on,
      'its gate is a variable': jobsOf(workflow).every((each) => each.if === "vars.RKE2_NIGHTLY_ENABLED == 'true'"),
      'the next night never cuts it off': workflow.concurrency?.['cancel-in-progress'] === false,
      'it reads contents, writes issues, and no more': jobsOf(workflow).every(
        ({ permissions }) => rights(permissions) === 'contents: read, issues: write',
      ),
      'its namespace is its own': jobsOf(workflow).every(
        ({ env }) => env?.['MEHO_NAMESPACE'] === 'meho-ci-nightly-${{ github.run_number }}-${{ github.run_attempt }}',
      ),
    }),
    brokenBy: [
      ['  workflow_dispatch:\n', ''],
      ["    if: vars.RKE2_NIGHTLY_ENABLED == 'true'\n", ''],
      ['cancel-in-progress: false', 'cancel-in-progress: true'],
      ['      issues: write', '      packages: write\n      issues: write'],
      ['-${{ github.run_number }}-${{ github.run_attempt }}', ''],
    ],
  },
  {
    title: 'reaps, looks at the identity, runs the suites, and tells of the night',
    conditions: (workflow) => {
      const suites = 'Every suite that this cluster allows';
      const tell = String(step(workflow, 'Open, continue or close the issue').with?.['script']);
      return {
        'in this order': inOrder(workflow, [
          'Remove what killed smokes have left',
          'What the identity may and may not do',
          suites,
        ]),
        'by the commands for it': ['pr-smoke reap --older-than 2h', 'rke2-access ', 'npm run acceptance -- '].every(
          (part) => scripts(workflow).includes(part),
        ),
        'the signal of a night that is cut off reaches the suites': /^exec npm run acceptance -- /.test(
          script(workflow, suites),
        ),
        'reports are kept, secrets removed and the issue written, red or green': [
          'Keep reports and evidence',
          "Remove the lab's secrets from the runner",
          'Open, continue or close the issue',
        ].every((name) => step(workflow, name).if === 'always()'),
        'red nights in a row have one issue, those that were cut off included':
          tell.includes("const green = process.env.OUTCOME === 'success';") &&
          /listForRepo[\s\S]*if \(open\)[\s\S]*createComment[\s\S]*else if \(!green\)[\s\S]*issues\.create\(/.test(
            tell,
          ),
      };
    },
    brokenBy: [
      ['pr-smoke reap --older-than 2h', 'pr-smoke reap --dry-run'],
      ['name: What the identity may and may not do', 'name: Skipped'],
      ['exec npm run', 'npm run'],
      ['        if: always()\n', ''],
      ["const green = process.env.OUTCOME === 'success'", "const green = process.env.OUTCOME !== 'failure'"],
      ['else if (!green)', "else if (process.env.OUTCOME === 'failure')"],
    ],
  },
  {
    title: 'puts each night on a page with those before it, whatever came of it',
    conditions: (workflow) => {
      const put = 'Put this night on the page with them';
      const steps = ['Fetch the nights before', put, 'Keep the nights for the next one', 'Keep the page of the nights'];
      const given = (name: string) => step(workflow, name).with ?? {};
      return {
        'after the suites, and red or green':
          inOrder(workflow, ['Every suite that this cluster allows', ...steps]) &&
          steps.every((name) => step(workflow, name).if === 'always()'),
        'a night that left no report has its folder, named by its date':
          /night="nights\/\$\(date -u \+%F\)-\$GITHUB_RUN_NUMBER-\$GITHUB_RUN_ATTEMPT"\nmkdir -p "\$night"/.test(
            script(workflow, put),
          ),
        'the page is made of all of them': script(workflow, put).includes('npm run report -- nights nights'),
        'the next night finds them':
          given('Fetch the nights before')['restore-keys'] === 'nights-' &&
          given('Fetch the nights before')['path'] === given('Keep the nights for the next one')['path'] &&
          String(given('Keep the nights for the next one')['key']).startsWith('nights-${{ github.run_id }}'),
        'the page is kept with the reports that it links to':
          given('Keep the page of the nights')['path'] === 'nights/',
      };
    },
    brokenBy: [
      ['name: Fetch the nights before\n        if: always()\n', 'name: Fetch the nights before\n'],
      ['$(date -u +%F)-', ''],
      ['npm run report -- nights nights', 'npm run report -- nights artefacts'],
      ['restore-keys: nights-', 'restore-keys: night-'],
      ['path: nights/\n', 'path: nights/index.html\n'],
    ],
  },
];
