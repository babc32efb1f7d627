import { ownSubject } from '../environment/request.ts';
import { messageOf } from '../problem.ts';
import { runBenches } from '../prove/bench/run-benches.ts';
import { benchTable } from '../prove/bench/table.ts';
import { out } from '../report/output.ts';
import { phaseTable } from '../report/timeline.ts';
import { usage } from '../verifiers/usage.ts';
import type { Command } from './command.ts';
import { commonVariables, readInput, workCodes } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { suiteFlags } from './suite-flags.ts';

const { artefacts } = suiteFlags;

/** The numbers that the design sets bars for, as ratios against baselines that met the same load. */
export const bench: Command = {
  name: 'bench',
  summary: 'measure cluster, install and verdict against the bars and against a shell',
  usage: usage({
    command: 'npm run bench --',
    summary: 'Measures on an environment of its own. A missed bar is told and is no failure: the machine may be busy.',
    flags: { artefacts },
    environment: commonVariables,
    exitCodes: workCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput({ artefacts }, args);
    const { progress, timeline, signal } = context;
    const { rows, failures } = await ownedRun(context, async (run) => {
      await prepare(settings, context);
      const request = {
        settings,
        labels: run.labels,
        artefacts: values.artefacts,
        subject: ownSubject,
        ownerCleansUp: true,
      };
      return runBenches({ request, progress, timeline, signal });
    });
    progress.note(`\n${phaseTable(timeline.phases, timeline.elapsedMs)}\n`);
    out(`${benchTable(rows)}\n`);
    for (const { title, error } of failures) {
      out(`not measured: ${title}: ${messageOf(error)}\n`);
    }
    return failures.length === 0 ? 0 : 1;
  },
};
