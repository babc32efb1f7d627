import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createNetwork } from '../containers/network.ts';
import { ensureImages } from '../images/ensure-images.ts';
import { runCorpus } from '../migrations/reality/run-corpus.ts';
import { startScratchPostgres } from '../migrations/reality/scratch-postgres.ts';
import { keep, out } from '../report/output.ts';
import { repositoryRoot } from '../repository.ts';
import { usage } from '../verifiers/usage.ts';
import type { Command } from './command.ts';
import { commonVariables, readInput, verdictCodes } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { suiteFlags } from './suite-flags.ts';

const { artefacts } = suiteFlags;
const folder = path.join(repositoryRoot, 'suites', 'rollback', 'corpus');

/** What the lint of migrations predicts, held against what each does to a real Postgres under a running image N. */
export const corpus: Command = {
  name: 'corpus',
  summary: 'hold what the migration lint predicts against a real Postgres under image N',
  usage: usage({
    command: 'npm run corpus --',
    summary: 'Lints every migration of the corpus, applies each to a real Postgres, and prints both in a table.',
    flags: { artefacts },
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput({ artefacts }, args);
    const { progress, signal } = context;
    const { imageMode: mode, cacheFolder } = settings;
    const report = await ownedRun(context, async ({ labels }) => {
      const engine = await prepare(settings, context, ['postgres']);
      const images = await ensureImages(['postgres'], { engine, mode, progress, signal, cacheFolder });
      const image = images.get('postgres');
      if (image === undefined) {
        throw new Error('image postgres was not resolved');
      }
      await using network = await createNetwork(labels);
      await using postgres = await startScratchPostgres({ image, labels, network, signal });
      // Awaited here: what it uses is taken down when this block ends.
      return await runCorpus({ folder, server: postgres.server, cacheFolder, progress, signal });
    });
    await mkdir(values.artefacts, { recursive: true });
    await keep(path.join(values.artefacts, 'corpus.md'), 'md', `${report.table}\n`);
    out(`${report.table}\n\n${report.summary}\n`);
    return report.holds ? 0 : 1;
  },
};
