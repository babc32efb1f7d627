import type { ValuesOf } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import { readHelmDriver, readServiceSecrets, type Settings } from '@meho/core/config';
import { out } from '@meho/core/report/output';
import type { ShardRecord } from '@meho/core/report/run-report';
import type { Tally } from '@meho/core/report/tally';
import { seconds } from '@meho/core/report/timeline';
import type { RunIdentity } from '@meho/core/runs/identity';
import { helmDriverProblems } from '@meho/helm/storage';
import { imagesOf } from '@meho/images/catalog';
import type { Engine } from '@meho/images/engine/engine';
import { commonVariables, readInput, verdictCodes } from './calling/input.ts';
import { nodeFlag, nodeProblems } from './calling/node-flag.ts';
import { filesOf, longNames, suiteFlags, testFlag } from './calling/suite-flags.ts';
import type { Command, CommandContext } from './command.ts';
import { conclude } from './ending/conclude.ts';
import { type RunEnd, writeReports } from './ending/write-reports.ts';
import { clusterFlags, clusterProblems, clusterVariables } from './existing-cluster/cluster-flags.ts';
import { runOnExistingCluster } from './existing-cluster/existing-cluster-acceptance.ts';
import { type Rerun, readFailed } from './reuse/rerun.ts';
import { pauseFlag, pauseProblems, reuseFlags, reuseProblems } from './reuse/reuse-flags.ts';
import { whatIsUp, withWhatIsUp } from './reuse/use-up.ts';
import { prepare } from './running/prepare.ts';
import { runSuites, type Selection } from './running/run-suites.ts';
import { withOwnedRun } from './running/with-owned-run.ts';
import { type ShardNumber, selectedStories, shardFlags, shardProblems } from './sharding/shard-flags.ts';
import { shardIdentity } from './sharding/shard-identity.ts';
import { planShard } from './sharding/shard-plan.ts';
import { checkValues } from './subject/check-values.ts';
import { resolveSubject } from './subject/resolve-subject.ts';
import { subjectFlags, subjectProblems, subjectVariables } from './subject/subject-flags.ts';

const flags = {
  ...{ ...suiteFlags, test: testFlag, ...shardFlags },
  ...{ ...reuseFlags, ...pauseFlag, ...nodeFlag, ...subjectFlags, ...clusterFlags },
};

export const acceptance: Command = {
  name: 'acceptance',
  summary: 'start a cluster, install the chart cold and give a verdict',
  usage: usage({
    command: 'npm run acceptance --',
    summary: 'Starts a cluster with what a release needs around it, runs the suites and removes everything again.',
    flags,
    environment: { ...subjectVariables, ...clusterVariables, ...commonVariables },
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput(flags, longNames(args), (given) => [
      ...subjectProblems(given),
      ...clusterProblems(given, readServiceSecrets()),
      ...reuseProblems(
        given,
        { suite: given.suite, test: given.test },
        { kubeconfig: given.kubeconfig, plan: given.plan },
      ),
      ...shardProblems(given, { test: given.test, 'rerun-failed': given['rerun-failed'] }),
      ...nodeProblems(given, { kubeconfig: given.kubeconfig, use: given.use }),
      ...pauseProblems(given, process.stdin.isTTY && process.stderr.isTTY),
      ...helmDriverProblems(readHelmDriver()),
    ]);
    const { timeline } = context;
    const rerun = values['rerun-failed'] ? await readFailed(values.artefacts, 'suites') : undefined;
    const shard = values.shard === undefined ? undefined : await readShard(values, values.shard, context);
    const selection = { ...selectionOf(values, rerun), ...(shard === undefined ? {} : { files: shard.stories }) };
    const { artefacts } = selection;
    const of = rerun === undefined ? '' : `, of ${rerun.about}`;
    const running =
      values.kubeconfig === undefined
        ? ownAcceptance(values, selection, settings, context)
        : runOnExistingCluster(values, selection, settings, context);
    const isByName = selection.testName !== undefined;
    const about = { artefacts, command: 'acceptance', project: 'suites', timeline, isByName, shard } as const;
    const report = async (end: RunEnd) => [`report: ${await writeReports({ ...about, ...end })}`];
    return conclude(running, context, {
      ran: { command: 'npm run acceptance --', args },
      ...(values.plan ? {} : { report }),
      verdict: (isGreen) => `verdict: ${isGreen ? 'PASS' : 'FAIL'} after ${seconds(timeline.elapsedMs)}${of}`,
    });
  },
};

function selectionOf(values: ValuesOf<typeof flags>, rerun: Rerun | undefined): Selection {
  const { suite, test, artefacts, repeat, keep, 'pause-on-fail': pauseOnFail } = values;
  const named = test === undefined ? {} : { testName: test };
  return { files: suite.map(filesOf), ...named, artefacts, ...rerun, repeat, keep, pauseOnFail };
}

/** Says what each shard is expected to take. */
async function readShard(
  values: ValuesOf<typeof flags>,
  number: ShardNumber,
  { progress }: CommandContext,
): Promise<ShardRecord> {
  const { lines, record } = planShard(number, selectedStories(values.suite), values.times);
  if (values.plan) {
    out(`${[...lines, ...record.stories.map((story) => `  runs ${story}`)].join('\n')}\n`);
  } else {
    progress.note(lines.join('\n'));
  }
  return { ...record, ...(await shardIdentity(values)) };
}

/** @returns undefined for a plan only */
async function ownAcceptance(
  values: ValuesOf<typeof flags>,
  selection: Selection,
  settings: Settings,
  context: CommandContext,
): Promise<Tally | undefined> {
  const up = values.use === undefined ? undefined : await whatIsUp();
  const fit = await checkValues(values, settings, context);
  if (values.plan) {
    out(`${ownPlan}\n`);
    return undefined;
  }
  const work = async (run: RunIdentity, engine: Engine, foundation?: string) => {
    const subject = await resolveSubject(values, { settings, run, engine }, context, fit);
    const { node, kubernetes } = values;
    await prepare(settings, context, imagesOf({ node, kubernetes }));
    return runSuites({ ...selection, settings, subject, run, foundation, node, kubernetes }, context);
  };
  const end = values.keep ? 'keep' : 'remove';
  return up === undefined ? withOwnedRun(context, work, end) : withWhatIsUp(up, settings, context, work, end);
}

const ownPlan = [
  'would be removed first: containers, networks, volumes and folders in the Docker engine of runs that are gone',
  'would be created, and removed at the end: a network with a cluster in a container, Postgres, Valkey, an OpenID provider and Vault',
  'would stay: images, and the private Docker engine where there is no other (npm run down stops it)',
].join('\n');
