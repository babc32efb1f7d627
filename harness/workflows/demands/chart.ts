// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates
import type { Demand } from '../demand.ts';
import { forkGuard } from '../every-workflow.ts';
import { job, json, position, rights, step } from '../look.ts';
import { jobsOf, type Workflow } from '../workflow.ts';

/** Source: seed, "Publish workflow". */
export const chart: readonly Demand[] = [
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
      (step(workflow, 'Sign by digest').run ?? '').includes('cosign sign --yes "$REGISTRY/$OWNER/meho-chart@$DIGEST"'),
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
];
