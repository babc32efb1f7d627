import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { usage } from '@meho/core/command-line/usage';
import { addTallies, emptyTally, type Tally } from '@meho/core/report/tally';
import { watchPrograms } from '../bench/profile/watch-programs.ts';
import { mergeSuites } from '../faults/suites.ts';
import { ownSubject } from '../release/environment/request.ts';
import { commonVariables, readInput, verdictCodes } from './calling/input.ts';
import { suiteFlags } from './calling/suite-flags.ts';
import type { Command, CommandContext } from './command.ts';
import { conclude } from './ending/conclude.ts';
import { removeEarlierReports, writeReports } from './ending/write-reports.ts';
import { prepare, prepareChartTools } from './running/prepare.ts';
import { runFaults } from './running/run-faults.ts';
import { runSuites } from './running/run-suites.ts';
import { runTests } from './running/run-tests.ts';
import { withOwnedRun } from './running/with-owned-run.ts';

const { artefacts } = suiteFlags;
const faultsBeside = 'faults';
const quickTimeoutMs = 10 * 60_000;
const integrationTimeoutMs = 30 * 60_000;

export const test: Command = {
  name: 'test',
  summary: 'run all tests: units, processes, chart, real parts of the harness, all suites, all faults',
  usage: usage({
    command: 'npm test --',
    summary:
      'Runs every test, prints how many passed, failed and were skipped, and writes report.html with all promises.',
    flags: { artefacts },
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput({ artefacts }, args);
    // What failed suites have left stays where it is.
    const beside = path.join(values.artefacts, faultsBeside);
    for (const folder of [values.artefacts, beside]) {
      await mkdir(folder, { recursive: true });
      await removeEarlierReports(folder);
    }
    context.results.hasBegun = true;
    await using _programs = await watchPrograms(values.artefacts);
    const running = withOwnedRun(context, async (run) => {
      const units = await project('unit', quickTimeoutMs, values.artefacts, context);
      const processes = await project('processes', quickTimeoutMs, values.artefacts, context);
      await prepare(settings, context);
      await prepareChartTools(settings, context);
      const chart = await project('chart', quickTimeoutMs, values.artefacts, context);
      const integration = await project('integration', integrationTimeoutMs, values.artefacts, context);
      const suites = await runSuites(
        { files: [], settings, subject: ownSubject, run, artefacts: values.artefacts },
        context,
      );
      const faults = await runFaults({ suites: mergeSuites, settings, run, artefacts: beside }, context);
      return [units, processes, chart, integration, suites, faults].reduce(addTallies, emptyTally);
    });
    const { timeline } = context;
    const about = { artefacts: values.artefacts, command: 'test', project: 'suites', faultsBeside, timeline } as const;
    return conclude(running, context, {
      ran: { command: 'npm test --', args },
      report: async (end) => [`report: ${await writeReports({ ...about, ...end })}`],
    });
  },
};

function project(
  name: 'unit' | 'processes' | 'chart' | 'integration',
  timeoutMs: number,
  artefactsFolder: string,
  { progress, results, signal }: CommandContext,
): Promise<Tally> {
  return progress.step(`${name} tests`, () =>
    runTests({ projects: [name], artefacts: artefactsFolder, name, timeoutMs, results, signal }),
  );
}
