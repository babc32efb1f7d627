// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import { job, json, onMain, rights, runs, step } from '../query.ts';
import type { WorkflowRule } from '../rule.ts';
import { jobsOf } from '../workflow.ts';

/** Source: seed, "PR-level CI". */
export const ci: readonly WorkflowRule[] = [
  {
    title: 'reports for every pull request, push and candidate of the merge queue, under the name that others wait for',
    conditions: (workflow) => ({
      'it is called CI': workflow.name === 'CI',
      'it runs for pull requests against main': onMain(workflow, 'pull_request'),
      'it runs on main': onMain(workflow, 'push'),
      'it runs for the merge queue': 'merge_group' in workflow.on,
      'it never cancels a check of the merge queue':
        workflow.concurrency?.['cancel-in-progress'] === "${{ github.event_name != 'merge_group' }}",
    }),
    brokenBy: [
      ['name: CI', 'name: Checks'],
      ['  merge_group:\n', ''],
      ['  pull_request:\n    branches: [main]', '  pull_request:\n    branches: [next]'],
      ['  push:\n    branches: [main]', '  push:\n    branches: [next]'],
      ["${{ github.event_name != 'merge_group' }}", 'true'],
    ],
  },
  {
    title: 'runs what a merge has to pass, and the quick checks beside it',
    conditions: (workflow) => ({
      'the acceptance job runs .ci/run': runs(job(workflow, 'acceptance'), '.ci/run'),
      'the quick checks run': runs(job(workflow, 'check'), 'npm run check'),
      'dist/ is what the source makes': runs(job(workflow, 'check'), 'npm run bundle -- --check'),
      'the linters judge the workflows': runs(job(workflow, 'workflows'), 'npm run lint:workflows'),
      'a job named for kubeconform runs the chart’s tests': jobsOf(workflow).some(
        (each) => each.name?.includes('kubeconform') === true && runs(each, 'npx vitest run --project chart'),
      ),
      'the evidence of a failure is kept': step(workflow, 'Keep reports and evidence').if === 'always()',
    }),
    brokenBy: [
      ['- run: .ci/run', '- run: npm run test:unit'],
      ['- run: npm run check', '- run: npx tsc'],
      ['- run: npm run bundle -- --check', '- run: npm run bundle'],
      ['- run: npm run lint:workflows', '- run: npx tsc'],
      ['- run: npx vitest run --project chart', '- run: helm lint charts/meho'],
      ['name: Helm (lint + template + kubeconform)', 'name: Helm'],
      ['        if: always()\n', ''],
    ],
  },
  {
    title: 'comments on a pull request by a job that can write and runs nothing of the pull request',
    conditions: (workflow) => {
      const comment = job(workflow, 'comment');
      const others = Object.entries(workflow.jobs).flatMap(([id, each]) => (id === 'comment' ? [] : [each]));
      return {
        'it waits for the verdict, whatever that is': json(comment.needs) === '"acceptance"',
        'it is for pull requests of this repository, and not for runs that a newer push has cancelled':
          comment.if === '(github.event.pull_request.head.repo.full_name == github.repository) && !cancelled()',
        'it has one right': rights(comment.permissions) === 'pull-requests: write',
        'nothing else can write': others.every(({ permissions }) => permissions === undefined),
        'it checks nothing out and starts no program': (comment.steps ?? []).every(
          ({ uses, run }) => run === undefined && /^actions\/(download-artifact|github-script)@/.test(uses ?? ''),
        ),
        'no text of others becomes a part of its script': (comment.steps ?? []).every(
          ({ with: given }) => !String(given?.['script'] ?? '').includes('${{'),
        ),
        'it takes what the run has written':
          step(workflow, 'Keep the comment').with?.['path'] === 'artefacts/comment.md',
      };
    },
    brokenBy: [
      ['needs: acceptance', 'needs: check'],
      [' && !cancelled()', ''],
      ['      pull-requests: write', '      pull-requests: write\n      issues: write'],
      ['    timeout-minutes: 60\n', '    timeout-minutes: 60\n    permissions: {pull-requests: write}\n'],
      ['      - name: Post the first screen', '      - run: npm ci\n      - name: Post the first screen'],
      ["'<!-- meho-acceptance run -->'", "'${{ github.event.pull_request.title }}'"],
      ['path: artefacts/comment.md', 'path: artefacts/report.html'],
    ],
  },
];
