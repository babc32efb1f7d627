import { readHelmDriver, readServiceSecrets, type Settings } from '../config.ts';
import { helmDriverProblems } from '../helm/storage.ts';
import { out } from '../report/output.ts';
import { closingLine, type Tally } from '../report/tally.ts';
import { phaseTable, seconds } from '../report/timeline.ts';
import type { ValuesOf } from '../verifiers/flags.ts';
import { usage } from '../verifiers/usage.ts';
import { counted } from './clean-up.ts';
import { clusterFlags, clusterProblems, clusterVariables } from './cluster-flags.ts';
import type { Command, CommandContext } from './command.ts';
import { foreignAcceptance } from './foreign-acceptance.ts';
import { commonVariables, readInput, verdictCodes } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { resolveSubject } from './resolve-subject.ts';
import { runSuites } from './run-suites.ts';
import { subjectFlags, subjectProblems, subjectVariables } from './subject-flags.ts';
import { suiteFlags } from './suite-flags.ts';
import { valuesAccepted } from './values-accepted.ts';
import { writeReports } from './write-reports.ts';

const flags = { ...suiteFlags, ...subjectFlags, ...clusterFlags };

/** The main job: a cluster, a cold install, the promises, a verdict, and nothing left behind. */
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
    const { values, settings } = readInput(flags, args, (given) => [
      ...subjectProblems(given),
      ...clusterProblems(given, readServiceSecrets()),
      ...helmDriverProblems(readHelmDriver()),
    ]);
    const { progress, timeline } = context;
    const { tally, left } = await counted(
      values.kubeconfig === undefined
        ? ownAcceptance(values, settings, context)
        : foreignAcceptance(values, settings, context),
    );
    if (tally === undefined) {
      return 0;
    }
    progress.note(`\n${phaseTable(timeline.phases, timeline.elapsedMs)}\n`);
    const page = await writeReports({ artefacts: values.artefacts, command: 'acceptance', tally, timeline });
    progress.note(`report: ${page}`);
    const green = tally.failed === 0 && tally.passed > 0;
    out(`verdict: ${green ? 'PASS' : 'FAIL'} after ${seconds(timeline.elapsedMs)}\n`);
    out(`${closingLine(tally)}\n`);
    if (left !== undefined) {
      throw left;
    }
    return green ? 0 : 1;
  },
};

/** Runs the suites on a cluster of our own. @returns undefined where only the plan was asked for */
async function ownAcceptance(
  values: ValuesOf<typeof flags>,
  settings: Settings,
  context: CommandContext,
): Promise<Tally | undefined> {
  const fit = await valuesAccepted(values, settings, context);
  if (values.plan) {
    out(`${ownPlan}\n`);
    return undefined;
  }
  return ownedRun(context, async (run, engine) => {
    const subject = await resolveSubject(values, { settings, run, engine }, context, fit);
    await prepare(settings, context);
    return runSuites({ suites: values.suite, settings, subject, run, artefacts: values.artefacts }, context);
  });
}

const ownPlan = [
  'would be removed first: containers, networks, volumes and folders in the Docker engine of runs that are gone',
  'would be created, and removed at the end: a network with a cluster in a container, Postgres, Valkey, an OpenID provider and Vault',
  'would stay: images, and the private Docker engine where there is no other (npm run down stops it)',
].join('\n');
