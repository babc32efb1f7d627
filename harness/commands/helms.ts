import path from 'node:path';
import { ensureHelm, otherHelms } from '../images/tools/helm-versions.ts';
import { out } from '../report/output.ts';
import { add, closingLine } from '../report/tally.ts';
import { usage } from '../verifiers/usage.ts';
import { counted } from './clean-up.ts';
import type { Command } from './command.ts';
import { commonVariables, readInput, verdictCodes } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { runTests } from './run-tests.ts';
import { suiteFlags } from './suite-flags.ts';

const { artefacts } = suiteFlags;
const chartTimeoutMs = 20 * 60_000;
const recordsTimeoutMs = 60 * 60_000;

/** What depends on the version of helm, by the oldest and the newest that are accepted. `npm test` has the pinned one alone. */
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
    const { progress, signal } = context;
    const running = ownedRun(context, async () => {
      await prepare(settings, context, ['node', 'agnhost']);
      const programs = new Map<string, string>();
      for (const version of otherHelms) {
        const built = progress.step(`helm ${version}`, () => ensureHelm(version, settings.cacheFolder, signal));
        programs.set(version, await built);
      }
      const common = { artefacts: values.artefacts, signal };
      let tally = await progress.step('what helms write down', () =>
        runTests({ ...common, projects: ['helms'], name: 'helms', timeoutMs: recordsTimeoutMs }),
      );
      for (const [version, program] of programs) {
        const env = { PATH: [path.dirname(program), settings.path].join(path.delimiter) };
        const ran = progress.step(`the chart by helm ${version}`, () =>
          runTests({ ...common, projects: ['chart'], name: `chart-helm-${version}`, env, timeoutMs: chartTimeoutMs }),
        );
        tally = add(tally, await ran);
      }
      return tally;
    });
    const { tally, left } = await counted(running);
    out(`${closingLine(tally)}\n`);
    if (left !== undefined) {
      throw left;
    }
    return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
  },
};
