import { closingLine } from '../report/tally.ts';
import { phaseTable, seconds } from '../report/timeline.ts';
import { usage } from '../verifiers/usage.ts';
import type { Command } from './command.ts';
import { commonVariables, readInput } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { resolveSubject } from './resolve-subject.ts';
import { runSuites } from './run-suites.ts';
import { subjectFlags, subjectProblems, subjectVariables } from './subject-flags.ts';
import { suiteFlags } from './suite-flags.ts';

const flags = { ...suiteFlags, ...subjectFlags };

/** The main job: a cluster, a cold install, the promises, a verdict, and nothing left behind. */
export const acceptance: Command = {
  name: 'acceptance',
  summary: 'start a cluster, install the chart cold and give a verdict',
  usage: usage({
    command: 'npm run acceptance --',
    summary: 'Starts a cluster with what a release needs around it, runs the suites and removes everything again.',
    flags,
    environment: { ...subjectVariables, ...commonVariables },
  }),
  async run(args, context) {
    const { values, settings } = readInput(flags, args, subjectProblems);
    const { progress, timeline } = context;
    const tally = await ownedRun(settings, context, async (run, engine) => {
      const subject = await resolveSubject(values, { settings, run, engine }, context);
      await prepare(settings, context);
      return runSuites({ suites: values.suite, settings, subject, run, artefacts: values.artefacts }, context);
    });
    progress.note(`\n${phaseTable(timeline.phases, timeline.elapsedMs)}\n`);
    progress.note(`reports and evidence: ${values.artefacts}`);
    const green = tally.failed === 0 && tally.passed > 0;
    process.stdout.write(`verdict: ${green ? 'PASS' : 'FAIL'} after ${seconds(timeline.elapsedMs)}\n`);
    process.stdout.write(`${closingLine(tally)}\n`);
    return green ? 0 : 1;
  },
};
