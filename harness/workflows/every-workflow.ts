// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import type { Demand } from './demand.ts';
import { jobsOf, type Permissions, stepsOf, type Workflow } from './workflow.ts';

const longestMinutes = 60;
const checkout = 'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2';

/** What holds for each workflow (seed, "Publish workflow" and "Action pinning audit"). */
export const everyWorkflow: readonly Demand[] = [
  {
    title: 'actions are pinned by commit with the version beside it, or by full version where the file says why',
    holds: ({ text }) => {
      const lines = text.split('\n');
      return lines.every((line, index) => {
        const uses = /^\s*(?:- )?uses:\s*(\S+)(.*)$/.exec(line);
        if (uses === null) {
          return true;
        }
        const byCommit = /@[0-9a-f]{40}$/.test(uses[1] ?? '') && /^ # v\d+\.\d+\.\d+$/.test(uses[2] ?? '');
        const byVersion =
          /@v\d+\.\d+\.\d+$/.test(uses[1] ?? '') && /could not be looked up/.test(lines[index - 1] ?? '');
        return byCommit || byVersion;
      });
    },
    brokenBy: [
      [checkout, 'actions/checkout@v6'],
      [checkout, 'actions/checkout@main # v6.0.2'],
      [checkout, 'actions/checkout@v6.0.2'],
      [checkout, checkout.replace(' # v6.0.2', '')],
    ],
  },
  {
    title: 'the token may do nothing or read contents, unless a job asks for more',
    holds: ({ permissions }) =>
      permissions !== undefined && JSON.stringify(permissions) in { '{}': true, '{"contents":"read"}': true },
    brokenBy: [
      ['permissions:', 'x-permissions:'],
      [`\npermissions:`, `\npermissions: write-all\nx-permissions:`],
    ],
  },
  {
    title: 'no job has all rights, or rights to write contents or actions',
    holds: (workflow) =>
      [workflow.permissions, ...jobsOf(workflow).map(({ permissions }) => permissions)].every(isNarrow),
    brokenBy: [['jobs:\n', 'jobs:\n  more:\n    permissions: {contents: write}\n    steps: []\n']],
  },
  {
    title: `every job ends by itself, within ${longestMinutes} minutes`,
    holds: (workflow) =>
      jobsOf(workflow).every(({ 'timeout-minutes': minutes }) => minutes !== undefined && minutes <= longestMinutes),
    brokenBy: [
      ['    timeout-minutes:', '    x-timeout:'],
      ['    timeout-minutes: ', '    timeout-minutes: 9'],
    ],
  },
  {
    title: 'nothing is allowed to fail',
    holds: (workflow) =>
      [...jobsOf(workflow), ...stepsOf(workflow)].every((each) => each['continue-on-error'] === undefined),
    brokenBy: [['    steps:\n', '    continue-on-error: true\n    steps:\n']],
  },
  {
    title: 'one run at a time where it matters',
    holds: ({ concurrency }) => (concurrency?.group ?? '') !== '' && concurrency?.['cancel-in-progress'] !== undefined,
    brokenBy: [['concurrency:', 'x-concurrency:']],
  },
  {
    title: 'text that others choose is never pasted into a script',
    holds: (workflow) =>
      stepsOf(workflow).every(({ run = '', with: given = {} }) => !`${run}${given['script'] ?? ''}`.includes('${{')),
    brokenBy: [['    steps:\n', "    steps:\n      - run: echo '${{ github.head_ref }}'\n"]],
  },
  {
    title: 'a checkout leaves no credentials behind',
    holds: (workflow) =>
      stepsOf(workflow)
        .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
        .every(({ with: given }) => given?.['persist-credentials'] === false),
    brokenBy: [['persist-credentials: false', 'persist-credentials: true']],
  },
  {
    title: 'runs on the runners of the project',
    holds: (workflow) => jobsOf(workflow).every((job) => job['runs-on'] === 'meho-runners-ci'),
    brokenBy: [['runs-on: meho-runners-ci', 'runs-on: ubuntu-latest']],
  },
];

const same = 'github.event.pull_request.head.repo.full_name == github.repository';

function keepsForksOut(condition: unknown): boolean {
  const text = String(condition ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return (
    text === same ||
    text === `github.event_name != 'pull_request' || ${same}` ||
    text.startsWith(`(${same}) && `) ||
    text === "github.event_name == 'push'"
  );
}

export function isForPullRequests({ on }: Workflow): boolean {
  return 'pull_request' in on || 'pull_request_target' in on;
}

/** For those that run for pull requests: the runners are the project's own. */
export const forkGuard: Demand = {
  title: 'code of a fork never runs on the runners: each job says so, or waits for one that does',
  holds: (workflow) => jobsOf(workflow).every((job) => job.needs !== undefined || keepsForksOut(job.if)),
  brokenBy: [
    [same, 'true'],
    [same, 'github.event.pull_request.head.repo.full_name != github.repository'],
  ],
};

function isNarrow(permissions: Permissions | undefined): boolean {
  return (
    permissions === undefined ||
    (typeof permissions !== 'string' &&
      Object.entries(permissions).every(
        ([name, right]) => right !== 'write' || !['contents', 'actions'].includes(name),
      ))
  );
}
