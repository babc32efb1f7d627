// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import type { Demand } from './demand.ts';
import { forkGuard } from './every-workflow.ts';
import { type Job, jobsOf, type Permissions, type Step, stepsOf, type Workflow } from './workflow.ts';

const json = (value: unknown) => JSON.stringify(value);
const scripts = (workflow: Workflow) =>
  stepsOf(workflow)
    .map(({ run = '' }) => run)
    .join('\n');
const job = (workflow: Workflow, name: string): Partial<Job> => workflow.jobs[name] ?? {};
const step = (workflow: Workflow, name: string): Partial<Step> =>
  stepsOf(workflow).find((each) => each.name === name) ?? {};
const position = (workflow: Workflow, name: string) => stepsOf(workflow).findIndex((each) => each.name === name);
const rights = (permissions: Permissions | undefined) =>
  typeof permissions === 'object'
    ? Object.entries(permissions)
        .map((each) => each.join(': '))
        .toSorted()
        .join(', ')
    : permissions;
const onMain = (workflow: Workflow, event: string) => json(workflow.on[event]?.branches) === '["main"]';

/** What the seed and issue 8 demand of each workflow, beyond what holds for all. */
export const eachWorkflow: Readonly<Record<string, readonly Demand[]>> = {
  'ci.yml': [
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
  ],
  'migration-compat.yml': [
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
        /migration-compat --range "\$BASE\.\.\.\$HEAD"/.test(scripts(workflow)) &&
        stepsOf(workflow)[0]?.with?.['fetch-depth'] === 0,
      brokenBy: [
        ['fetch-depth: 0', 'fetch-depth: 1'],
        ['"$BASE...$HEAD"', '"$HEAD"'],
      ],
    },
    {
      title: 'fails where there is nothing to judge',
      holds: (workflow) => /-eq 0 \]; then[\s\S]*exit 1/.test(scripts(workflow)),
      brokenBy: [['exit 1', 'exit 0']],
    },
  ],
  'chart.yml': [
    forkGuard,
    {
      title: 'publishes from main and from v* tags, without a filter that would skip a release',
      holds: ({ on }) => json(on['push']) === '{"branches":["main"],"tags":["v*"]}',
      brokenBy: [
        ['    tags: ["v*"]', '    tags: ["v*"]\n    paths: [charts/**]'],
        ['    tags: ["v*"]', '    tags: ["*"]'],
      ],
    },
    {
      title: 'publishes nothing for a pull request',
      holds: (workflow) => job(workflow, 'publish').if === "github.event_name == 'push'",
      brokenBy: [["    if: github.event_name == 'push'\n", "    if: github.event_name != 'merge_group'\n"]],
    },
    {
      title: 'validates, then publishes, then pulls',
      holds: (workflow) =>
        job(workflow, 'publish').needs === 'validate' && job(workflow, 'verify-anonymous-pull').needs === 'publish',
      brokenBy: [
        ['    needs: validate\n', ''],
        ['    needs: publish\n', '    needs: validate\n'],
      ],
    },
    {
      title: 'has the rights to publish and sign in the publishing job alone',
      holds: (workflow) =>
        rights(job(workflow, 'publish').permissions) === 'contents: read, id-token: write, packages: write' &&
        jobsOf(workflow).filter(({ permissions }) => /write/.test(rights(permissions) ?? '')).length === 1,
      brokenBy: [
        ['      id-token: write\n', ''],
        ['    permissions: {}', '    permissions: {packages: write}'],
      ],
    },
    {
      title: 'cancels stale runs per ref',
      holds: ({ concurrency }) =>
        concurrency?.group === 'chart-${{ github.ref }}' && concurrency['cancel-in-progress'] === true,
      brokenBy: [['group: chart-${{ github.ref }}', 'group: chart']],
    },
    {
      title: 'stamps version and appVersion before it packs, and shows the result',
      holds: (workflow) =>
        /charts\/publishing\/stamp\.ts charts\/meho\/Chart\.yaml --ref "\$GITHUB_REF" --sha "\$GITHUB_SHA"[\s\S]*cat charts\/meho\/Chart\.yaml/.test(
          step(workflow, 'Stamp version and appVersion').run ?? '',
        ) && position(workflow, 'Stamp version and appVersion') < position(workflow, 'Push'),
      brokenBy: [
        ['          cat charts/meho/Chart.yaml\n', ''],
        ['--sha "$GITHUB_SHA"', '--sha ""'],
      ],
    },
    {
      title: 'pushes to oci://ghcr.io/evoila and takes the digest from what helm says, or fails',
      holds: ({ env, ...workflow }) => {
        const run = step({ env, ...workflow } as Workflow, 'Push').run ?? '';
        return (
          json(env) === '{"REGISTRY":"ghcr.io","OWNER":"evoila"}' &&
          run.includes('"oci://$REGISTRY/$OWNER"') &&
          /\^Digest: [\s\S]*-z "\$digest"[\s\S]*exit 1[\s\S]*digest=\$digest/.test(run)
        );
      },
      brokenBy: [
        ['  OWNER: evoila', '  OWNER: elsewhere'],
        ['if [ -z "$digest" ]', 'if false'],
      ],
    },
    {
      title: 'signs by digest, without a key',
      holds: (workflow) =>
        (step(workflow, 'Sign by digest').run ?? '').includes(
          'cosign sign --yes "$REGISTRY/$OWNER/meho-chart@$DIGEST"',
        ),
      brokenBy: [['meho-chart@$DIGEST"', 'meho-chart:latest"']],
    },
    {
      title: 'pulls as nobody: no login, no rights, nothing left of an earlier one',
      holds: (workflow) => {
        const { permissions, steps = [] } = job(workflow, 'verify-anonymous-pull');
        const run = steps.map((each) => each.run ?? '').join('\n');
        return (
          rights(permissions) === '' &&
          /export HOME="\$nobody" DOCKER_CONFIG="\$nobody" HELM_REGISTRY_CONFIG="\$nobody/.test(run) &&
          /helm pull "oci:\/\/\$REGISTRY\/\$OWNER\/meho-chart" --version "\$VERSION"/.test(run) &&
          !/login|secrets/.test(json(steps).replace('Pull without any login', ''))
        );
      },
      brokenBy: [
        ['    permissions: {}\n', ''],
        [' HELM_REGISTRY_CONFIG="$nobody/registry.json"', ''],
        ['          helm pull "oci', '          helm registry login ghcr.io\n          helm pull "oci'],
      ],
    },
    {
      title: 'says how to verify what it published',
      holds: (workflow) =>
        /cosign verify[\s\S]*GITHUB_STEP_SUMMARY/.test(step(workflow, 'Say how to verify it').run ?? ''),
      brokenBy: [['"$GITHUB_STEP_SUMMARY"', '/dev/null']],
    },
    {
      title: 'tells of the one step that a person has to make',
      holds: ({ text }) => text.includes('/orgs/evoila/packages/container/meho-chart -f visibility=public'),
      brokenBy: [['-f visibility=public', '']],
    },
  ],
  'pr-smoke.yml': [
    forkGuard,
    {
      title: 'runs as main has it, for pull requests that are opened, pushed to or reopened',
      holds: ({ on }) =>
        json(on) === '{"pull_request_target":{"branches":["main"],"types":["opened","synchronize","reopened"]}}',
      brokenBy: [
        ['  pull_request_target:', '  pull_request:'],
        ['types: [opened, synchronize, reopened]', 'types: [opened, labeled]'],
      ],
    },
    {
      title: 'has the four rights that it needs and no other',
      holds: (workflow) =>
        rights(job(workflow, 'smoke').permissions) ===
        'contents: read, id-token: write, packages: write, pull-requests: write',
      brokenBy: [
        ['      pull-requests: write\n', ''],
        ['      id-token: write\n', '      id-token: write\n      issues: write\n'],
      ],
    },
    {
      title: 'waits for its gate, a variable, since a job can not ask for secrets',
      holds: (workflow) => {
        const condition = job(workflow, 'smoke').if ?? '';
        return condition.includes("&&\n(vars.RKE2_SMOKE_ENABLED == 'true')") && !condition.includes('secrets.');
      },
      brokenBy: [
        ["(vars.RKE2_SMOKE_ENABLED == 'true')", "(secrets.RDC_KUBECONFIG != '')"],
        [') &&\n', ') ||\n'],
      ],
    },
    {
      title: 'is killed at 12 minutes',
      holds: (workflow) => job(workflow, 'smoke')['timeout-minutes'] === 12,
      brokenBy: [['timeout-minutes: 12', 'timeout-minutes: 20']],
    },
    {
      title: 'is one job: its tear-down then runs whatever happened',
      holds: ({ jobs }) => Object.keys(jobs).length === 1,
      brokenBy: [['jobs:\n', 'jobs:\n  first:\n    runs-on: meho-runners-ci\n    steps: []\n']],
    },
    {
      title: 'cancels the smoke of an older push of the same pull request, and no other',
      holds: ({ concurrency }) =>
        concurrency?.group === 'pr-smoke-${{ github.event.pull_request.number }}' &&
        concurrency['cancel-in-progress'] === true,
      brokenBy: [
        ['cancel-in-progress: true', 'cancel-in-progress: false'],
        ['group: pr-smoke-${{ github.event.pull_request.number }}', 'group: pr-smoke'],
      ],
    },
    {
      title: 'looks at the commit that was pushed, not at a branch that moves',
      holds: (workflow) =>
        step(workflow, 'Check out what is judged').with?.['ref'] === '${{ github.event.pull_request.head.sha }}' &&
        !/head\.ref|head_ref/.test(workflow.text),
      brokenBy: [['ref: ${{ github.event.pull_request.head.sha }}', 'ref: ${{ github.event.pull_request.head.ref }}']],
    },
    {
      title: 'judges by the code of the base: no program of the pull request is run beside the secrets',
      holds: (workflow) =>
        step(workflow, 'Check out what judges').with?.['ref'] === '${{ github.event.pull_request.base.sha }}' &&
        stepsOf(workflow).every(
          ({ run = '' }) => !/(node|bash|sh|npm|npx|make)[^\n]* \.?\/?judged\/(?!charts)/.test(run),
        ) &&
        stepsOf(workflow).every((each) => !json(each).includes('"working-directory":"judged')),
      brokenBy: [
        ['ref: ${{ github.event.pull_request.base.sha }}', 'ref: ${{ github.event.pull_request.head.sha }}'],
        ['node judge/harness/', 'node judged/harness/'],
        ['working-directory: judge\n', 'working-directory: judged\n'],
      ],
    },
    {
      title: 'pushes an image whose tag names pull request and commit',
      holds: ({ env }) =>
        env?.['TAG'] === 'pr-${{ github.event.pull_request.number }}-${{ github.event.pull_request.head.sha }}' &&
        env['IMAGE'] === 'ghcr.io/evoila/meho',
      brokenBy: [
        [
          'TAG: pr-${{ github.event.pull_request.number }}-${{ github.event.pull_request.head.sha }}',
          'TAG: pr-${{ github.event.pull_request.number }}',
        ],
      ],
    },
    {
      title: 'takes option A where both are set, B otherwise, and fails where neither is',
      holds: (workflow) =>
        /if \[ -n "\$RKE2_CA_CERT" \] && \[ -n "\$RKE2_API_SERVER" \]; then\s+echo "option=A"[\s\S]*elif \[ -n "\$RDC_KUBECONFIG" \]; then\s+echo "option=B"[\s\S]*else[\s\S]*exit 1/.test(
          step(workflow, 'Choose how to log in to the cluster').run ?? '',
        ),
      brokenBy: [
        ['echo "option=A"', 'echo "option=B"'],
        ['            exit 1\n', '            exit 0\n'],
      ],
    },
    {
      title: 'gets its token from GitHub for the audience that the lab has chosen, hidden from the log',
      holds: (workflow) => {
        const { if: condition, env, with: given } = step(workflow, 'Get a token for the cluster (option A)');
        const script = String(given?.['script']);
        return (
          condition === "steps.auth.outputs.option == 'A'" &&
          env?.['AUDIENCE'] === "${{ vars.RKE2_OIDC_AUDIENCE || 'rke2-infra.evba.lab' }}" &&
          script.indexOf('core.setSecret(token)') < script.indexOf('core.setOutput') &&
          script.includes('core.setSecret(token)')
        );
      },
      brokenBy: [
        ['            core.setSecret(token);\n', ''],
        ["|| 'rke2-infra.evba.lab'", ''],
      ],
    },
    {
      title: 'keeps the kubeconfig to itself, and shows as whom it is known',
      holds: (workflow) => {
        const run = step(workflow, 'Build the kubeconfig').run ?? '';
        return run.includes('umask 077') && run.includes('auth whoami') && !/--token|set-credentials/.test(run);
      },
      brokenBy: [
        ['          umask 077\n          file=', '          file='],
        [' auth whoami', ' version'],
      ],
    },
    {
      title: 'gives secrets to the steps that need them and to no other',
      holds: ({ env, jobs }) => !json([env, ...Object.values(jobs).map((each) => each.env)]).includes('secrets.'),
      brokenBy: [
        ['  IMAGE: ghcr.io/evoila/meho\n', '  IMAGE: ghcr.io/evoila/meho\n  CA: ${{ secrets.RKE2_CA_CERT }}\n'],
      ],
    },
    {
      title: 'smokes through the command, with the commit that the image must name',
      holds: (workflow) =>
        [
          'pr-smoke "${args[@]}"',
          '--pr "$PR"',
          '--image-tag "$TAG"',
          '--expected-git-sha "$HEAD_SHA"',
          '--summary ',
        ].every((part) => (step(workflow, 'Install, smoke, remove').run ?? '').includes(part)),
      brokenBy: [[' --expected-git-sha "$HEAD_SHA"', '']],
    },
    {
      title: 'tears down always, and lets no failure of that stand in its way',
      holds: (workflow) => {
        const { if: condition, run = '' } = step(workflow, 'Tear down');
        return (
          condition === 'always()' &&
          /helm uninstall [^\n]* \|\| true\n\s*kubectl delete namespace "meho-ci-\$PR" --wait=false --ignore-not-found \|\| true/.test(
            run,
          ) &&
          position(workflow, 'Install, smoke, remove') < position(workflow, 'Tear down')
        );
      },
      brokenBy: [
        ['        if: always()\n', ''],
        [' --wait=false --ignore-not-found || true', ' --wait=false'],
      ],
    },
    {
      title: 'comments once, whatever happened',
      holds: (workflow) => {
        const { if: condition, with: given } = step(workflow, 'Comment on the pull request');
        return (
          condition === "always() && github.event.pull_request.number != ''" &&
          /updateComment[\s\S]*createComment/.test(String(given?.['script']))
        );
      },
      brokenBy: [
        ["if: always() && github.event.pull_request.number != ''", 'if: success()'],
        ['github.rest.issues.updateComment', 'github.rest.issues.createComment'],
      ],
    },
  ],
  'nightly-rke2.yml': [
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
      title: 'opens one issue for all red nights in a row',
      holds: (workflow) =>
        /listForRepo[\s\S]*if \(open\)[\s\S]*createComment[\s\S]*else if \(process\.env\.OUTCOME === 'failure'\)[\s\S]*issues\.create\(/.test(
          String(step(workflow, 'Open, continue or close the issue').with?.['script']),
        ),
      brokenBy: [["process.env.OUTCOME === 'failure'", "process.env.OUTCOME === 'success'"]],
    },
  ],
};
