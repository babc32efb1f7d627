import path from 'node:path';
import { repositoryRoot } from '../repository.ts';
import { bundleVerifiers } from '../verifiers/bundle.ts';
import { usage } from '../verifiers/usage.ts';
import type { Command } from './command.ts';
import { readInput, workCodes } from './input.ts';

/** What `npm pack` puts into the tarball: the verifiers in files that plain Node runs. */
export const bundle: Command = {
  name: 'bundle',
  summary: 'bundle the verifiers into dist/, as the npm package has them',
  usage: usage({
    command: 'npm run bundle --',
    summary: 'Writes dist/.',
    flags: {},
    environment: {},
    exitCodes: workCodes,
  }),
  async run(args, { progress }) {
    readInput({}, args);
    await progress.step('bundle the verifiers', () => bundleVerifiers(path.join(repositoryRoot, 'dist')));
    return 0;
  },
};
