import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { oldestGo } from '@meho/images/builder/go-program';
import { tools } from '@meho/images/tools/tools';
import semver from 'semver';
import type { WorkflowRule } from './rule.ts';
import { jobsOf, type Permissions, type Step, stepsOf, type Workflow } from './workflow.ts';

const longestMinutes = 60;

/** What holds for each workflow. */
export const commonRules: readonly WorkflowRule[] = [
  {
    title: 'every job runs on the runners of the project, ends by itself and counts when it fails',
    conditions: (workflow) => ({
      'its runners are the project’s': jobsOf(workflow).every((job) => job['runs-on'] === 'meho-runners-ci'),
      [`it has at most ${longestMinutes} minutes`]: jobsOf(workflow).every(
        ({ 'timeout-minutes': minutes }) => minutes !== undefined && minutes <= longestMinutes,
      ),
      'nothing is allowed to fail': [...jobsOf(workflow), ...stepsOf(workflow)].every(
        (each) => each['continue-on-error'] === undefined,
      ),
      'a newer run cancels an older one, or is said not to': workflow.concurrency?.['cancel-in-progress'] !== undefined,
    }),
    brokenBy: [
      ['runs-on: meho-runners-ci', 'runs-on: ubuntu-latest'],
      ['    timeout-minutes:', '    x-timeout:'],
      ['    timeout-minutes: ', '    timeout-minutes: 9'],
      ['    steps:\n', '    continue-on-error: true\n    steps:\n'],
      ['  cancel-in-progress:', '  x-cancel:'],
    ],
  },
  {
    title: 'no job can change the repository or its runs, or leaves the means to do so',
    conditions: (workflow) => ({
      'no right to write contents or actions': [
        workflow.permissions,
        ...jobsOf(workflow).map(({ permissions }) => permissions),
      ].every(isNarrow),
      'a checkout leaves no credentials behind': stepsOf(workflow)
        .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
        .every(({ with: given }) => given?.['persist-credentials'] === false),
    }),
    brokenBy: [
      ['jobs:\n', 'jobs:\n  more:\n    permissions: {contents: write}\n    steps: []\n'],
      ['jobs:\n', 'jobs:\n  more:\n    permissions: {actions: write}\n    steps: []\n'],
      ['persist-credentials: false', 'persist-credentials: true'],
    ],
  },
  {
    title: 'what is used says its version, and is of one that the tools accept',
    conditions: (workflow) => ({
      'the version stands beside the commit of an action': workflow.text
        .split('\n')
        .every((line) => !/^\s*(?:- )?uses:/.test(line) || /@[0-9a-f]{40} # v\d+\.\d+\.\d+(?: #|$)/.test(line)),
      'kubectl is one that the tools accept': versionsOf(workflow, 'azure/setup-kubectl', 'version').every((version) =>
        accepted(version, tools.kubectl.accepted),
      ),
      'helm is one that the tools accept': versionsOf(workflow, 'azure/setup-helm', 'version').every((version) =>
        accepted(version, tools.helm.accepted),
      ),
      'go is the one that the recipes ask for': versionsOf(workflow, 'actions/setup-go', 'go-version').every(
        (version) => version === oldestGo,
      ),
      'node is the one that the scripts run on': versionsOf(workflow, 'actions/setup-node', 'node-version').every(
        (version) => version === scriptsNode(),
      ),
    }),
    brokenBy: [
      [
        'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2',
        'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd',
      ],
      ['version: v1.34.4', 'version: v1.28.15'],
      ['version: v1.34.4', 'x-version: v1.34.4'],
      ['version: v1.34.4', 'version: latest'],
      ['version: v3.18.6', 'version: v3.18.4'],
      ['go-version: "1.26"', 'go-version: "1.25"'],
      ['node-version: "24"', 'node-version: "22"'],
    ],
  },
];

const sameRepository = 'github.event.pull_request.head.repo.full_name == github.repository';

/** For workflows that run for pull requests: the runners are the project's own. */
export const forkRule: WorkflowRule = {
  title: 'code of a fork never runs on the runners',
  conditions: (workflow) => ({
    'each job leaves forks out, or waits for one that does': jobsOf(workflow).every(
      (job) => job.needs !== undefined || leavesForksOut(job.if),
    ),
  }),
  brokenBy: [
    [sameRepository, 'true'],
    [sameRepository, 'github.event.pull_request.head.repo.full_name != github.repository'],
  ],
};

export function isForPullRequests({ on }: Workflow): boolean {
  return 'pull_request' in on || 'pull_request_target' in on;
}

function leavesForksOut(condition: unknown): boolean {
  const text = String(condition ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return (
    text === sameRepository ||
    text === `github.event_name != 'pull_request' || ${sameRepository}` ||
    text.startsWith(`(${sameRepository}) && `) ||
    text === "github.event_name == 'push'"
  );
}

function isNarrow(permissions: Permissions | undefined): boolean {
  return (
    permissions === undefined ||
    (typeof permissions !== 'string' &&
      Object.entries(permissions).every(
        ([name, right]) => right !== 'write' || !['contents', 'actions'].includes(name),
      ))
  );
}

/** What each step that uses an action asks it for; empty where it asks for nothing. */
function versionsOf(workflow: Workflow, action: string, input: string): readonly string[] {
  const asksFor = ({ with: given }: Step) => String(given?.[input] ?? '');
  return stepsOf(workflow)
    .filter(({ uses }) => uses?.startsWith(`${action}@`))
    .map(asksFor);
}

/** The major release that package.json pins, e.g. `24`. */
function scriptsNode(): string {
  const { devDependencies } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'));
  return String(semver.major(devDependencies.node));
}

const accepted = (version: string, range: string) => semver.valid(version) !== null && semver.satisfies(version, range);
