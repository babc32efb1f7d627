import { usage } from '@meho/core/command-line/usage';
import { err } from '@meho/core/report/output';
import { commonVariables, verdictCodes } from './calling/input.ts';
import type { Command } from './command.ts';
import { faults } from './faults.ts';

/** The former name of `faults`. */
export const prove: Command = {
  name: 'prove',
  summary: 'the former name of faults',
  usage: usage({
    command: 'npm run prove -- [the same as npm run faults]',
    summary: 'Runs `npm run faults` with the same arguments and the same exit codes.',
    flags: {},
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  run(args, context) {
    err('`npm run prove` is `npm run faults` now: it runs that, with the same arguments and exit codes\n');
    return faults.run(args, context);
  },
};
