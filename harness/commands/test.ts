import { ownSubject } from '../environment/request.ts';
import { mergeStories } from '../prove/stories.ts';
import { out } from '../report/output.ts';
import { add, closingLine, nothing, type Tally } from '../report/tally.ts';
import { phaseTable } from '../report/timeline.ts';
import { usage } from '../verifiers/usage.ts';
import { counted } from './clean-up.ts';
import type { Command, CommandContext } from './command.ts';
import { commonVariables, readInput, verdictCodes } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare, prepareChartTools } from './prepare.ts';
import { proveStories } from './prove.ts';
import { runSuites } from './run-suites.ts';
import { runTests } from './run-tests.ts';
import { suiteFlags } from './suite-flags.ts';

const { artefacts } = suiteFlags;
const quickTimeoutMs = 10 * 60_000;
const integrationTimeoutMs = 30 * 60_000;

/** Everything that the project claims about itself, on real things: what a merge has to pass. */
export const test: Command = {
  name: 'test',
  summary: 'run all tests: units, processes, chart, real parts of the harness, all suites, all faults',
  usage: usage({
    command: 'npm test --',
    summary: 'Runs every test and prints how many passed, failed and were skipped.',
    flags: { artefacts },
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput({ artefacts }, args);
    const running = ownedRun(context, async (run) => {
      const units = await project('unit', quickTimeoutMs, values.artefacts, context);
      const processes = await project('processes', quickTimeoutMs, values.artefacts, context);
      await prepare(settings, context);
      await prepareChartTools(settings, context);
      const chart = await project('chart', quickTimeoutMs, values.artefacts, context);
      const integration = await project('integration', integrationTimeoutMs, values.artefacts, context);
      const suites = await runSuites(
        { suites: [], settings, subject: ownSubject, run, artefacts: values.artefacts },
        context,
      );
      const faults = await context.progress.step('prove', () =>
        proveStories(mergeStories, { settings, run, artefacts: values.artefacts }, context),
      );
      return [units, processes, chart, integration, suites, faults].reduce(add, nothing);
    });
    const { tally, left } = await counted(running);
    context.progress.note(`\n${phaseTable(context.timeline.phases, context.timeline.elapsedMs)}\n`);
    out(`${closingLine(tally)}\n`);
    if (left !== undefined) {
      throw left;
    }
    return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
  },
};

function project(
  name: 'unit' | 'processes' | 'chart' | 'integration',
  timeoutMs: number,
  artefactsFolder: string,
  { progress, signal }: CommandContext,
): Promise<Tally> {
  return progress.step(`${name} tests`, () =>
    runTests({ projects: [name], artefacts: artefactsFolder, name, timeoutMs, signal }),
  );
}
