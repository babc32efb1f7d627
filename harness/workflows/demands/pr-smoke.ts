// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import type { Demand } from '../demand.ts';
import { forkGuard } from '../every-workflow.ts';
import { job, json, position, rights, step } from '../look.ts';
import { stepsOf } from '../workflow.ts';

/** Source: seed, "Per-PR ephemeral cluster smoke". */
export const prSmoke: readonly Demand[] = [
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
        script.includes('core.setSecret(token)') &&
        !script.includes('core.setOutput')
      );
    },
    brokenBy: [
      ['            core.setSecret(token);\n', ''],
      ['core.setSecret(token);', "core.setSecret(token); core.setOutput('token', token);"],
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
    title: 'asks for a token whenever the last one runs out: the tear-down may come after five minutes',
    holds: (workflow) => {
      const { run = '', env } = step(workflow, 'Build the kubeconfig');
      return (
        /exec:\n[\s\S]*command: \$GITHUB_WORKSPACE\/judge\/\.github\/cluster-token\.sh\n\s*args: \["\$AUDIENCE"\]/.test(
          run,
        ) &&
        env?.['AUDIENCE'] === "${{ vars.RKE2_OIDC_AUDIENCE || 'rke2-infra.evba.lab' }}" &&
        !/^\s*token:/m.test(run)
      );
    },
    brokenBy: [
      ['                exec:\n', '                token: $TOKEN\n'],
      ['/judge/.github/cluster-token.sh', '/judged/.github/cluster-token.sh'],
    ],
  },
  {
    title: 'gives secrets to the steps that need them and to no other',
    holds: ({ env, jobs }) => !json([env, ...Object.values(jobs).map((each) => each.env)]).includes('secrets.'),
    brokenBy: [['  IMAGE: ghcr.io/evoila/meho\n', '  IMAGE: ghcr.io/evoila/meho\n  CA: ${{ secrets.RKE2_CA_CERT }}\n']],
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
    title: 'lets the signal of a cancelled run reach the command',
    holds: (workflow) =>
      /\nexec node judge\/harness\/verifiers\/main\.ts pr-smoke "\$\{args\[@\]\}"\n$/.test(
        step(workflow, 'Install, smoke, remove').run ?? '',
      ),
    brokenBy: [['exec node judge', 'node judge']],
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
    title: 'tears down on the cluster that it has smoked on, whatever the runner knows besides',
    holds: (workflow) => {
      const file = '"$RUNNER_TEMP/pr-smoke.kubeconfig"';
      const { run = '' } = step(workflow, 'Tear down');
      return (
        (step(workflow, 'Build the kubeconfig').run ?? '').includes(`file=${file}`) &&
        run.split('\n').filter((line) => !line.startsWith('#'))[0] === `export KUBECONFIG=${file}`
      );
    },
    brokenBy: [
      ['          export KUBECONFIG="$RUNNER_TEMP/pr-smoke.kubeconfig"\n', ''],
      ['file="$RUNNER_TEMP/pr-smoke.kubeconfig"', 'file="$HOME/.kube/config"'],
    ],
  },
  {
    title: 'removes a namespace that a smoke of this pull request has made, and no other of its name',
    holds: (workflow) =>
      /if \[ "\$\(kubectl get namespace "meho-ci-\$PR" [^\n]*"\$labels"\)" = "pr-smoke \$PR" \]; then\n\s*helm uninstall [^\n]*\n\s*kubectl delete [^\n]*\n\s*fi\n/.test(
        step(workflow, 'Tear down').run ?? '',
      ),
    brokenBy: [
      [' = "pr-smoke $PR" ]', ' != "" ]'],
      ['          fi\n          kubectl get namespace', '          kubectl get namespace'],
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
];
