import path from 'node:path';
import { usage } from '@meho/core/command-line/usage';
import { addTallies } from '@meho/core/report/tally';
import { ensureHelm, otherHelms } from '@meho/images/tools/helm-versions';
import { commonVariables, readInput, verdictCodes } from './calling/input.ts';
import { suiteFlags } from './calling/suite-flags.ts';
import type { Command } from './command.ts';
import { conclude } from './ending/conclude.ts';
import { prepare } from './running/prepare.ts';
import { runTests } from './running/run-tests.ts';
import { withOwnedRun } from './running/with-owned-run.ts';

const { artefacts } = suiteFlags;
const chartTimeoutMs = 20 * 60_000;
const recordsTimeoutMs = 60 * 60_000;

/** Tests with the oldest and newest helm accepted; `npm test` uses the pinned one. */
export const helms: Command = {
  name: 'helms',
  summary: `try the oldest and newest Helm 3 and 4 that are accepted: ${otherHelms.join(', ')}`,
  usage: usage({
    command: 'npm run helms --',
    summary: `Builds helm ${otherHelms.join(', ')} from source (5 to 10 minutes each, once), drives releases by each of them and by two
majors in turn on a real cluster, and runs the chart's tests by each.`,
    flags: { artefacts },
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput({ artefacts }, args);
    const { progress, results, signal } = context;
    const running = withOwnedRun(context, async () => {
      await prepare(settings, context, ['node', 'agnhost']);
      const programs = new Map<string, string>();
      for (const version of otherHelms) {
        const built = progress.step(`helm ${version}`, () => ensureHelm(version, settings.cacheFolder, signal));
        programs.set(version, await built);
      }
      const common = { artefacts: values.artefacts, results, signal };
      let tally = await progress.step('what helms write down', () =>
        runTests({ ...common, projects: ['helms'], name: 'helms', timeoutMs: recordsTimeoutMs }),
      );
      for (const [version, program] of programs) {
        const env = { PATH: [path.dirname(program), settings.path].join(path.delimiter) };
        const ran = progress.step(`the chart by helm ${version}`, () =>
          runTests({ ...common, projects: ['chart'], name: `chart-helm-${version}`, env, timeoutMs: chartTimeoutMs }),
        );
        tally = addTallies(tally, await ran);
      }
      return tally;
    });
    return conclude(running, context, { ran: { command: 'npm run helms --', args } });
  },
};
