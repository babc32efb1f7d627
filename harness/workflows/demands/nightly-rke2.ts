// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import type { Demand } from '../demand.ts';
import { json, position, rights, scripts, step } from '../look.ts';
import { jobsOf } from '../workflow.ts';

/** Source: what the lab does every night. */
export const nightlyRke2: readonly Demand[] = [
  {
    title: 'runs every night, and when it is asked to',
    holds: ({ on }) => 'schedule' in on && 'workflow_dispatch' in on,
    brokenBy: [['  workflow_dispatch:\n', '']],
  },
  {
    title: 'waits for its gate',
    holds: (workflow) => jobsOf(workflow).every((each) => each.if === "vars.RKE2_NIGHTLY_ENABLED == 'true'"),
    brokenBy: [["    if: vars.RKE2_NIGHTLY_ENABLED == 'true'\n", '']],
  },
  {
    title: 'is never cut off by the next night',
    holds: ({ concurrency }) => concurrency?.['cancel-in-progress'] === false,
    brokenBy: [['cancel-in-progress: false', 'cancel-in-progress: true']],
  },
  {
    title: 'reads contents, writes issues, and no more',
    holds: (workflow) =>
      jobsOf(workflow).every(({ permissions }) => rights(permissions) === 'contents: read, issues: write'),
    brokenBy: [['      issues: write\n', '      issues: write\n      packages: write\n']],
  },
  {
    title: 'reaps, then looks at the identity, then runs the suites',
    holds: (workflow) => {
      const names = [
        'Remove what killed smokes have left',
        'What the identity may and may not do',
        'Every suite that this cluster allows',
      ];
      const places = names.map((name) => position(workflow, name));
      return (
        json(places) === json(places.toSorted((a, b) => a - b)) &&
        !places.includes(-1) &&
        ['pr-smoke reap --older-than 2h', 'rke2-access ', 'npm run acceptance -- '].every((part) =>
          scripts(workflow).includes(part),
        )
      );
    },
    brokenBy: [
      ['pr-smoke reap --older-than 2h', 'pr-smoke reap --dry-run'],
      ['name: What the identity may and may not do', 'name: Skipped'],
    ],
  },
  {
    title: 'lets the signal of a night that is cut off reach the suites',
    holds: (workflow) =>
      /^exec npm run acceptance -- /.test(step(workflow, 'Every suite that this cluster allows').run ?? ''),
    brokenBy: [['exec npm run', 'npm run']],
  },
  {
    title: 'has a namespace of its own every night, which no remains can be in the way of',
    holds: (workflow) =>
      jobsOf(workflow).every(
        ({ env }) => env?.['MEHO_NAMESPACE'] === 'meho-ci-nightly-${{ github.run_number }}-${{ github.run_attempt }}',
      ),
    brokenBy: [['-${{ github.run_number }}-${{ github.run_attempt }}', '']],
  },
  {
    title: 'keeps its artefacts and tells of the night, red or green, and always removes the secrets',
    holds: (workflow) =>
      [
        'Keep reports and evidence',
        "Remove the lab's secrets from the runner",
        'Open, continue or close the issue',
      ].every((name) => step(workflow, name).if === 'always()'),
    brokenBy: [['        if: always()\n', '']],
  },
  {
    title: 'opens one issue for all red nights in a row, those that were cut off included',
    holds: (workflow) => {
      const script = String(step(workflow, 'Open, continue or close the issue').with?.['script']);
      return (
        script.includes("const green = process.env.OUTCOME === 'success';") &&
        /listForRepo[\s\S]*if \(open\)[\s\S]*createComment[\s\S]*else if \(!green\)[\s\S]*issues\.create\(/.test(script)
      );
    },
    brokenBy: [
      ["const green = process.env.OUTCOME === 'success'", "const green = process.env.OUTCOME !== 'failure'"],
      ['else if (!green)', "else if (process.env.OUTCOME === 'failure')"],
    ],
  },
];
