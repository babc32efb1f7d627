import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '../config.ts';
import { createNetwork } from '../containers/network.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { useWithTestcontainers } from '../engine/testcontainers.ts';
import { ensureImages } from '../images/ensure-images.ts';
import { type CorpusReport, runCorpus } from '../migrations/reality/run-corpus.ts';
import { startScratchPostgres } from '../migrations/reality/scratch-postgres.ts';
import { Problem } from '../problem.ts';
import { phaseTable } from '../report/timeline.ts';
import type { RunIdentity } from '../runs/identity.ts';
import { defaulted, optional } from '../verifiers/flags.ts';
import { usage } from '../verifiers/usage.ts';
import { anyText } from '../verifiers/values.ts';
import type { Command, CommandContext } from './command.ts';
import { commonVariables, readInput } from './input.ts';
import { ownedRun } from './owned-run.ts';

const folder = path.resolve(import.meta.dirname, '../../suites/rollback/corpus');

const flags = {
  only: optional('TEXT', 'only migrations whose file name holds this', anyText('a part of a file name')),
  table: defaulted('FILE', 'where the table is written, in Markdown', anyText('a file name'), 'artefacts/corpus.md'),
};

/** The lint's prediction against what really happens: each migration applied to a real Postgres under image N. */
export const corpus: Command = {
  name: 'corpus',
  summary: 'hold the migration lint against what migrations really do to image N',
  usage: usage({
    command: 'npm run corpus --',
    summary: 'Applies each migration of suites/rollback/corpus to a real Postgres while image N is asked.',
    flags,
    environment: commonVariables,
  }),
  async run(args, context) {
    const { values, settings } = readInput(flags, args);
    const { progress, timeline } = context;
    const report = await ownedRun(settings, context, (run) => tryAll(settings, context, run, values.only));
    await mkdir(path.dirname(path.resolve(values.table)), { recursive: true });
    await writeFile(values.table, report.table);
    progress.note(`\n${phaseTable(timeline.phases, timeline.elapsedMs)}\n`);
    progress.note(`table: ${values.table}`);
    for (const { migration, surprises } of report.rows) {
      for (const surprise of surprises) {
        process.stdout.write(`[FAIL] ${migration.file}: ${surprise}\n`);
      }
    }
    process.stdout.write(report.table);
    return report.holds ? 0 : 1;
  },
};

async function tryAll(
  settings: Settings,
  { progress, signal }: CommandContext,
  { labels }: RunIdentity,
  only: string | undefined,
): Promise<CorpusReport> {
  const { cacheFolder, imageMode: mode, dockerHost } = settings;
  const engine = await ensureEngine({ progress, signal, ...(dockerHost === undefined ? {} : { host: dockerHost }) });
  await useWithTestcontainers(engine, { signal });
  const image = (await ensureImages(['postgres'], { engine, mode, progress, signal, cacheFolder })).get('postgres');
  if (image === undefined) {
    throw new Problem({
      expected: 'an image of Postgres',
      observed: 'none was found or built',
      next: 'run `npm run images`',
    });
  }
  await using network = await createNetwork(labels);
  await using postgres = await startScratchPostgres({ image, labels, network, signal });
  // Awaited here: the server goes with the end of this function.
  return await runCorpus({
    folder,
    server: postgres.server,
    cacheFolder,
    progress,
    signal,
    ...(only === undefined ? {} : { only }),
  });
}
