import { usage } from '@meho/core/command-line/usage';
import { phaseTable } from '@meho/core/report/timeline';
import { commonVariables, readInput, workCodes } from './calling/input.ts';
import type { Command } from './command.ts';
import { prepare } from './running/prepare.ts';

/** Prepares a machine that is to be fast later. */
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
