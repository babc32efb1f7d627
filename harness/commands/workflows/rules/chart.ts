// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import { inOrder, job, json, rights, runs, script, scriptsOf, step } from '../query.ts';
import type { WorkflowRule } from '../rule.ts';
import { jobsOf } from '../workflow.ts';

/** Source: seed, "Publish workflow". */
export const chart: readonly WorkflowRule[] = [
  {
    title: 'publishes from main and v* tags alone, and only what was validated',
    conditions: (workflow) => ({
      'no filter would skip a release': json(workflow.on['push']) === '{"branches":["main"],"tags":["v*"]}',
      'a pull request publishes nothing': job(workflow, 'publish').if === "github.event_name == 'push'",
      'validation comes first': job(workflow, 'publish').needs === 'validate',
      'validation includes the chart’s tests': runs(job(workflow, 'validate'), 'npx vitest run --project chart'),
      'the publishing job may publish and sign':
        rights(job(workflow, 'publish').permissions) === 'contents: read, id-token: write, packages: write',
      'no other job may write':
        jobsOf(workflow).filter(({ permissions }) => /write/.test(rights(permissions) ?? '')).length === 1,
      'stale runs of pull requests are cancelled per ref, and none between push and signature':
        workflow.concurrency?.group === 'chart-${{ github.ref }}' &&
        workflow.concurrency['cancel-in-progress'] === "${{ github.event_name == 'pull_request' }}",
      'the publishing job runs no script of a package': scriptsOf(job(workflow, 'publish').steps)
        .split('\n')
        .filter((line) => /\bnpm (ci|install|i)\b|\bnpx\b/.test(line))
        .every((line) => line.includes('npm ci --ignore-scripts ')),
      'the publishing job takes nothing from a cache': (job(workflow, 'publish').steps ?? []).every(
        ({ uses = '', run = '', with: given = {} }) =>
          !uses.startsWith('actions/cache') &&
          !given['cache'] &&
          (!/\bnpm\b/.test(run) || /--cache "\$RUNNER_TEMP/.test(run)),
      ),
    }),
    brokenBy: [
      ['    tags: ["v*"]', '    tags: ["v*"]\n    paths: [charts/**]'],
      ['    tags: ["v*"]', '    tags: ["*"]'],
      ["    if: github.event_name == 'push'\n", "    if: github.event_name != 'merge_group'\n"],
      ['    needs: validate\n', ''],
      ['- run: npx vitest run --project chart', '- run: helm lint charts/meho'],
      ['      id-token: write', '      id-token: none'],
      ['    permissions: {}', '    permissions: {packages: write}'],
      ['group: chart-${{ github.ref }}', 'group: chart'],
      ["cancel-in-progress: ${{ github.event_name == 'pull_request' }}", 'cancel-in-progress: true'],
      ['npm ci --ignore-scripts', 'npm ci'],
      [' --cache "$RUNNER_TEMP/npm"', ''],
      [
        '      - uses: sigstore/cosign-installer@',
        '      - uses: actions/cache@v4\n      - uses: sigstore/cosign-installer@',
      ],
    ],
  },
  {
    title: 'stamps, pushes, and signs by digest what it has pushed',
    conditions: (workflow) => ({
      'version and appVersion are stamped, and the result is shown':
        /charts\/publishing\/stamp\.ts charts\/meho\/Chart\.yaml --ref "\$GITHUB_REF" --sha "\$GITHUB_SHA"[\s\S]*cat charts\/meho\/Chart\.yaml/.test(
          script(workflow, 'Stamp version and appVersion'),
        ),
      'stamp, push and signature come in this order': inOrder(workflow, [
        'Stamp version and appVersion',
        'Push',
        'Sign by digest',
      ]),
      'it goes to oci://ghcr.io/evoila':
        json(workflow.env) === '{"REGISTRY":"ghcr.io","OWNER":"evoila"}' &&
        script(workflow, 'Push').includes('push.ts charts/meho --to "oci://$REGISTRY/$OWNER" '),
      'the digest is what helm says, or the job fails':
        /^set -euo pipefail\n[\s\S]*\/push\.ts [\s\S]*\| tee -a "\$GITHUB_OUTPUT"/.test(script(workflow, 'Push')) &&
        step(workflow, 'Sign by digest').env?.['DIGEST'] === '${{ steps.push.outputs.digest }}',
      'the signature is on the digest, without a key, and verified as this workflow’s':
        /sign\.ts "\$REGISTRY\/\$OWNER\/meho-chart@\$DIGEST" [\s\S]*--identity "\^https:\/\/github\.com\/\$GITHUB_REPOSITORY\/\\\.github\/workflows\/chart\\\.yml@"/.test(
          script(workflow, 'Sign by digest'),
        ) && !/--(?:public-)?key|--verify-only/.test(script(workflow, 'Sign by digest')),
      'the summary says how to verify it': /cosign verify[\s\S]*GITHUB_STEP_SUMMARY/.test(
        script(workflow, 'Say how to verify it'),
      ),
    }),
    brokenBy: [
      ['          cat charts/meho/Chart.yaml\n', ''],
      ['--sha "$GITHUB_SHA"', '--sha ""'],
      ['name: Stamp version and appVersion', 'name: Stamp'],
      ['  OWNER: evoila', '  OWNER: elsewhere'],
      ['--username "$GITHUB_ACTOR" | tee -a "$GITHUB_OUTPUT"', '--username "$GITHUB_ACTOR"'],
      ['DIGEST: ${{ steps.push.outputs.digest }}', 'DIGEST: latest'],
      [' --username "$GITHUB_ACTOR"\n', ' --username "$GITHUB_ACTOR" --key of-somebody\n'],
      ['meho-chart@$DIGEST"', 'meho-chart:latest"'],
      ['"$GITHUB_STEP_SUMMARY"', '/dev/null'],
    ],
  },
  {
    title: 'pulls what it has published as anybody could',
    conditions: (workflow) => {
      const { needs, permissions, steps = [] } = job(workflow, 'verify-anonymous-pull');
      const run = scriptsOf(steps);
      return {
        'the pull comes after the publishing': needs === 'publish',
        'it has no rights': rights(permissions) === '',
        'it has nothing left of an earlier login':
          /export HOME="\$nobody" DOCKER_CONFIG="\$nobody" HELM_REGISTRY_CONFIG="\$nobody/.test(run),
        'it does not log in': !/login|secrets/.test(json(steps).replace('Pull without any login', '')),
        'it pulls the version that was published, and nothing else':
          /pull\.ts "oci:\/\/\$REGISTRY\/\$OWNER\/meho-chart" --version "\$VERSION" --digest "\$DIGEST"/.test(run) &&
          step(workflow, 'Pull without any login').env?.['DIGEST'] === '${{ needs.publish.outputs.digest }}',
        'what it runs is of the commit that was published':
          /name: publishing\n +path: charts\/publishing\/\n[\s\S]*download-artifact@[\s\S]*name: publishing\n/.test(
            workflow.text,
          ),
        'the file tells of the one step that a person has to make': workflow.text.includes(
          '/orgs/evoila/packages/container/meho-chart -f visibility=public',
        ),
      };
    },
    brokenBy: [
      ['    needs: publish\n', '    needs: validate\n'],
      ['    permissions: {}\n', ''],
      [' HELM_REGISTRY_CONFIG="$nobody/registry.json"', ''],
      ['          node publishing/pull.ts', '          helm registry login ghcr.io\n          node publishing/pull.ts'],
      [' --version "$VERSION" --digest "$DIGEST"', ' --version "$VERSION"'],
      ['DIGEST: ${{ needs.publish.outputs.digest }}', 'DIGEST: ""'],
      ['path: charts/publishing/', 'path: charts/'],
      ['-f visibility=public', ''],
    ],
  },
];
