// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import { inOrder, job, json, rights, script, scripts, step } from '../query.ts';
import type { WorkflowRule } from '../rule.ts';
import { stepsOf } from '../workflow.ts';

const kubeconfig = '"$RUNNER_TEMP/pr-smoke.kubeconfig"';
const audience = "${{ vars.RKE2_OIDC_AUDIENCE || 'rke2-infra.evba.lab' }}";

/** Source: seed, "Per-PR ephemeral cluster smoke". */
export const prSmoke: readonly WorkflowRule[] = [
  {
    title: 'smokes each push of a pull request once, behind its gate',
    conditions: (workflow) => {
      const condition = job(workflow, 'smoke').if ?? '';
      return {
        'it runs as main has it, for pull requests that are opened, pushed to or reopened':
          json(workflow.on) ===
          '{"pull_request_target":{"branches":["main"],"types":["opened","synchronize","reopened"]}}',
        'its gate is a variable': condition.includes("&&\n(vars.RKE2_SMOKE_ENABLED == 'true')"),
        'it has the four rights that it needs and no other':
          rights(job(workflow, 'smoke').permissions) ===
          'contents: read, id-token: write, packages: write, pull-requests: write',
        'it is killed at 12 minutes': job(workflow, 'smoke')['timeout-minutes'] === 12,
        'it is one job, whose tear-down runs whatever happened': Object.keys(workflow.jobs).length === 1,
        'it cancels the smoke of an older push of the same pull request, and no other':
          workflow.concurrency?.group === 'pr-smoke-${{ github.event.pull_request.number }}' &&
          workflow.concurrency['cancel-in-progress'] === true,
      };
    },
    brokenBy: [
      ['  pull_request_target:', '  pull_request:'],
      ['types: [opened, synchronize, reopened]', 'types: [opened, labeled]'],
      ["(vars.RKE2_SMOKE_ENABLED == 'true')", "(secrets.RDC_KUBECONFIG != '')"],
      [') &&\n', ') ||\n'],
      ['      pull-requests: write', '      pull-requests: read'],
      ['      id-token: write', '      issues: write\n      id-token: write'],
      ['timeout-minutes: 12', 'timeout-minutes: 20'],
      ['jobs:\n', 'jobs:\n  first:\n    runs-on: meho-runners-ci\n    steps: []\n'],
      ['cancel-in-progress: true', 'cancel-in-progress: false'],
      ['group: pr-smoke-${{ github.event.pull_request.number }}', 'group: pr-smoke'],
    ],
  },
  {
    title: 'runs no program of the pull request beside the secrets',
    conditions: (workflow) => ({
      'what is judged is the commit that was pushed, not a branch that moves':
        step(workflow, 'Check out what is judged').with?.['ref'] === '${{ github.event.pull_request.head.sha }}' &&
        !/head\.ref|head_ref/.test(workflow.text),
      'what judges is the base':
        step(workflow, 'Check out what judges').with?.['ref'] === '${{ github.event.pull_request.base.sha }}',
      'no script runs what is judged': !/(node|bash|sh|npm|npx|make)[^\n]* \.?\/?judged\/(?!charts)/.test(
        scripts(workflow),
      ),
      'no step works in the folder of what is judged': stepsOf(workflow).every(
        (each) => !json(each).includes('"working-directory":"judged'),
      ),
      'the image’s tag names pull request and commit':
        workflow.env?.['IMAGE'] === 'ghcr.io/evoila/meho' &&
        workflow.env['TAG'] === 'pr-${{ github.event.pull_request.number }}-${{ github.event.pull_request.head.sha }}',
      'only the steps that need secrets have them': !json([
        workflow.env,
        ...Object.values(workflow.jobs).map(({ env }) => env),
      ]).includes('secrets.'),
    }),
    brokenBy: [
      ['ref: ${{ github.event.pull_request.head.sha }}', 'ref: ${{ github.event.pull_request.head.ref }}'],
      ['ref: ${{ github.event.pull_request.base.sha }}', 'ref: ${{ github.event.pull_request.head.sha }}'],
      ['node judge/harness/', 'node judged/harness/'],
      ['working-directory: judge\n', 'working-directory: judged\n'],
      [
        'TAG: pr-${{ github.event.pull_request.number }}-${{ github.event.pull_request.head.sha }}',
        'TAG: pr-${{ github.event.pull_request.number }}',
      ],
      ['  IMAGE: ghcr.io/evoila/meho\n', '  IMAGE: ghcr.io/evoila/meho\n  CA: ${{ secrets.RKE2_CA_CERT }}\n'],
    ],
  },
  {
    title: 'logs in to the cluster by a token that ends with the run, where it can',
    conditions: (workflow) => {
      const { if: condition, env, with: given } = step(workflow, 'Get a token for the cluster (option A)');
      const { run: build = '', env: variables } = step(workflow, 'Build the kubeconfig');
      return {
        'option A where both are set, B otherwise, a failure where neither is':
          /if \[ -n "\$RKE2_CA_CERT" \] && \[ -n "\$RKE2_API_SERVER" \]; then\s+echo "option=A"[\s\S]*elif \[ -n "\$RDC_KUBECONFIG" \]; then\s+echo "option=B"[\s\S]*else[\s\S]*exit 1/.test(
            script(workflow, 'Choose how to log in to the cluster'),
          ),
        'the token is for the audience that the lab has chosen':
          condition === "steps.auth.outputs.option == 'A'" &&
          env?.['AUDIENCE'] === audience &&
          variables?.['AUDIENCE'] === audience,
        'the token is hidden from the log and from other steps':
          String(given?.['script']).includes('core.setSecret(token)') &&
          !String(given?.['script']).includes('core.setOutput'),
        'the kubeconfig is private': build.includes('umask 077') && !/--token|set-credentials/.test(build),
        'it shows as whom it is known': build.includes('auth whoami'),
        'a token is asked for whenever the last one has run out: the tear-down may come after five minutes':
          /exec:\n[\s\S]*command: \$GITHUB_WORKSPACE\/judge\/\.github\/cluster-token\.sh\n\s*args: \["\$AUDIENCE"\]/.test(
            build,
          ) && !/^\s*token:/m.test(build),
      };
    },
    brokenBy: [
      ['echo "option=A"', 'echo "option=B"'],
      ['            exit 1\n', '            exit 0\n'],
      ["|| 'rke2-infra.evba.lab'", ''],
      ['            core.setSecret(token);\n', ''],
      ['core.setSecret(token);', "core.setSecret(token); core.setOutput('token', token);"],
      ['          umask 077\n          file=', '          file='],
      [' auth whoami', ' version'],
      ['                exec:\n', '                token: $TOKEN\n'],
      ['/judge/.github/cluster-token.sh', '/judged/.github/cluster-token.sh'],
    ],
  },
  {
    title: 'smokes by the command, removes what it made and comments, whatever happened',
    conditions: (workflow) => {
      const smoke = script(workflow, 'Install, smoke, remove');
      const { if: condition, run: remove = '' } = step(workflow, 'Tear down');
      const comment = step(workflow, 'Comment on the pull request');
      return {
        'the image has to name the commit': [
          '--pr "$PR"',
          '--image-tag "$TAG"',
          '--expected-git-sha "$HEAD_SHA"',
          '--summary ',
        ].every((part) => smoke.includes(part)),
        'the signal of a cancelled run reaches the command':
          /\nexec node judge\/harness\/verifiers\/main\.ts pr-smoke "\$\{args\[@\]\}"\n$/.test(smoke),
        'the tear-down comes after it, always':
          condition === 'always()' && inOrder(workflow, ['Install, smoke, remove', 'Tear down']),
        'no failure stands in the way of the tear-down':
          /helm uninstall [^\n]* \|\| true\n\s*kubectl delete namespace "meho-ci-\$PR" --wait=false --ignore-not-found \|\| true/.test(
            remove,
          ),
        'both work on the same cluster, whatever the runner knows besides':
          script(workflow, 'Build the kubeconfig').includes(`file=${kubeconfig}`) &&
          step(workflow, 'Install, smoke, remove').env?.['KUBECONFIG'] === '${{ steps.kubeconfig.outputs.file }}' &&
          remove.split('\n').find((line) => !line.startsWith('#')) === `export KUBECONFIG=${kubeconfig}`,
        'a namespace that no smoke of this pull request has made stays':
          /if \[ "\$\(kubectl get namespace "meho-ci-\$PR" [^\n]*"\$labels"\)" = "pr-smoke \$PR" \]; then\n\s*helm uninstall [^\n]*\n\s*kubectl delete [^\n]*\n\s*fi\n/.test(
            remove,
          ),
        'it comments whatever happened': comment.if === "always() && github.event.pull_request.number != ''",
        'it renews the comment of an earlier run': /updateComment[\s\S]*createComment/.test(
          String(comment.with?.['script']),
        ),
      };
    },
    brokenBy: [
      [' --expected-git-sha "$HEAD_SHA"', ''],
      ['exec node judge', 'node judge'],
      ['        if: always()\n', ''],
      [' --wait=false --ignore-not-found || true', ' --wait=false'],
      ['          export KUBECONFIG="$RUNNER_TEMP/pr-smoke.kubeconfig"\n', ''],
      ['          KUBECONFIG: ${{ steps.kubeconfig.outputs.file }}\n', ''],
      ['file="$RUNNER_TEMP/pr-smoke.kubeconfig"', 'file="$HOME/.kube/config"'],
      [' = "pr-smoke $PR" ]', ' != "" ]'],
      ['          fi\n          kubectl get namespace', '          kubectl get namespace'],
      ["if: always() && github.event.pull_request.number != ''", 'if: success()'],
      ['github.rest.issues.updateComment', 'github.rest.issues.createComment'],
    ],
  },
];
