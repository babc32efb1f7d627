import { phaseTable } from '../report/timeline.ts';
import { usage } from '../verifiers/usage.ts';
import type { Command } from './command.ts';
import { commonVariables, readInput, workCodes } from './input.ts';
import { prepare } from './prepare.ts';

/** Everything that takes long the first time, by itself: for a machine that is to be quick later. */
export const images: Command = {
  name: 'images',
  summary: 'fetch or build every image and tool',
  usage: usage({
    command: 'npm run images --',
    summary: 'Sees to it that the engine has every image and that helm and kubectl are there.',
    flags: {},
    environment: commonVariables,
    exitCodes: workCodes,
  }),
  async run(args, context) {
    const { settings } = readInput({}, args);
    await prepare(settings, context);
    context.progress.note(`\n${phaseTable(context.timeline.phases, context.timeline.elapsedMs)}`);
    return 0;
  },
};
