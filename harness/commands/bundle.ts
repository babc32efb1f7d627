import { toggle } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import { err } from '@meho/core/report/output';
import { bundleVerifiers } from '@meho/verifiers/bundle/bundle';
import { distFolder, staleFiles } from '@meho/verifiers/bundle/fresh-dist';
import { readInput, workCodes } from './calling/input.ts';
import type { Command } from './command.ts';

const flags = { check: toggle('write nothing: is dist/ what this source makes?') };

export const bundle: Command = {
  name: 'bundle',
  summary: 'bundle the verifiers into dist/, as the npm package has them',
  usage: usage({
    command: 'npm run bundle --',
    summary: 'Writes dist/.',
    flags,
    environment: {},
    exitCodes: workCodes,
  }),
  async run(args, { progress }) {
    const { values } = readInput(flags, args);
    if (!values.check) {
      await progress.step('bundle the verifiers', () => bundleVerifiers(distFolder));
      return 0;
    }
    const stale = await progress.step('bundle the verifiers and compare', () => staleFiles());
    if (stale.length > 0) {
      err(
        `error: dist/ is not what this source makes (${stale.length} files): run \`npm run bundle\` and commit dist/\n`,
      );
    }
    return stale.length === 0 ? 0 : 1;
  },
};
