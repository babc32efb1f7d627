import { usage } from '@meho/core/command-line/usage';
import { messageOf } from '@meho/core/problem';
import { out } from '@meho/core/report/output';
import { phaseTable } from '@meho/core/report/timeline';
import { profileOf } from '../bench/profile/profile.ts';
import { runBenches } from '../bench/run-benches.ts';
import { benchTable } from '../bench/table.ts';
import { ownSubject } from '../release/environment/request.ts';
import { benchGrowth, growthFlags } from './bench-growth.ts';
import { benchPairs, pairsFlags } from './bench-pairs.ts';
import { commonVariables, readInput, verdictCodes, workCodes } from './calling/input.ts';
import { suiteFlags } from './calling/suite-flags.ts';
import type { Command } from './command.ts';
import { prepare } from './running/prepare.ts';
import { withOwnedRun } from './running/with-owned-run.ts';

const { artefacts } = suiteFlags;

/** Reports ratios against baselines under the same load. */
export const bench: Command = {
  name: 'bench',
  summary: 'measure cluster, install and verdict against the bars and against a shell',
  usage: [
    usage({
      command: 'npm run bench -- [profile]',
      summary:
        'Measures on an environment of its own. A missed bar is reported and is no failure: the machine may be busy. With `profile`: only tells where the time of the last `npm test` went, by phase, file, story and program.',
      flags: { artefacts },
      environment: commonVariables,
      exitCodes: workCodes,
    }),
    usage({
      command: 'npm run bench -- pairs',
      summary: 'Times this tree and a commit in turn; needs no cluster. A missed bar is no failure here either.',
      flags: { artefacts, ...pairsFlags },
      environment: commonVariables,
      exitCodes: workCodes,
    }),
    usage({
      command: 'npm run bench -- growth',
      summary:
        'Asks verifiers of more and more, and holds time and memory to a law for each; writes growth.html. Needs no cluster.',
      flags: growthFlags,
      environment: commonVariables,
      exitCodes: verdictCodes,
    }),
  ].join('\n'),
  async run(args, context) {
    const [first, ...others] = args;
    if (first === 'pairs') {
      return benchPairs(others, context);
    }
    if (first === 'growth') {
      return benchGrowth(others, context);
    }
    const { values, settings } = readInput({ artefacts }, first === 'profile' ? others : args);
    if (first === 'profile') {
      out(`${await profileOf(values.artefacts)}\n`);
      return 0;
    }
    const { progress, timeline, signal } = context;
    const { rows, failures } = await withOwnedRun(context, async (run) => {
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
