import path from 'node:path';
import { usage } from '@meho/core/command-line/usage';
import { UsageError } from '@meho/core/problem';
import { corpusFolder, readCorpus } from '@meho/migration-lint/corpus/corpus';
import { ownSubject } from '../release/environment/request.ts';
import { commonVariables, readInput, verdictCodes } from './calling/input.ts';
import { longNames, suiteFlags, testFlag } from './calling/suite-flags.ts';
import type { Command } from './command.ts';
import { conclude } from './ending/conclude.ts';
import { writeReports } from './ending/write-reports.ts';
import { prepare } from './running/prepare.ts';
import { runOnEnvironment } from './running/run-on-environment.ts';
import { withOwnedRun } from './running/with-owned-run.ts';

const flags = { test: testFlag, artefacts: suiteFlags.artefacts };
const timeoutMs = 60 * 60_000;

export const corpus: Command = {
  name: 'corpus',
  summary: 'hold what the migration lint predicts against a real Postgres under image N',
  usage: usage({
    command: 'npm run corpus --',
    summary:
      'Lints every migration of the corpus and applies each to a real Postgres: one test each, and corpus.md with all.',
    flags,
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput(flags, longNames(args));
    const { artefacts, test: testName } = values;
    const migrations = await readCorpus(corpusFolder);
    if (testName !== undefined && !migrations.some(({ file }) => new RegExp(testName).test(file))) {
      throw new UsageError([`--test: expected a migration of ${corpusFolder}, got ${JSON.stringify(testName)}`]);
    }
    const running = withOwnedRun(context, async ({ labels }) => {
      await prepare(settings, context, ['postgres']);
      const request = { settings, labels, artefacts, subject: ownSubject, ownerCleansUp: true };
      return runOnEnvironment({ project: 'corpus', files: [], testName, request, timeoutMs }, context);
    });
    const { timeline } = context;
    return conclude(running, context, {
      ran: { command: 'npm run corpus --', args },
      report: async (end) => [
        `table: ${path.join(artefacts, 'corpus.md')}`,
        `report: ${await writeReports({ artefacts, command: 'corpus', project: 'corpus', timeline, ...end })}`,
      ],
    });
  },
};
