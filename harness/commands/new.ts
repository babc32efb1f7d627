import { registry } from '@meho/contract/registry';
import { usage } from '@meho/core/command-line/usage';
import { UsageError } from '@meho/core/problem';
import { out } from '@meho/core/report/output';
import { repositoryRoot } from '@meho/core/repository';
import { imageNames } from '@meho/images/catalog';
import { ruleIds } from '@meho/migration-lint/rules/rules';
import { install } from '../faults/install.ts';
import { workCodes } from './calling/input.ts';
import type { Command } from './command.ts';
import { writeAll } from './scaffold/changes.ts';
import { kindNames, scaffold, type Taken } from './scaffold/scaffold.ts';

const taken: Taken = {
  check: registry.map(({ id }) => id),
  rule: ruleIds,
  fault: install.faults.map(({ id }) => id),
  image: imageNames,
};

/** Leads anyone who adds something: what is red afterwards says what to write. */
export const newFiles: Command = {
  name: 'new',
  summary: `write the files of a new ${kindNames.join(', ')}, with a failing test that leads on`,
  usage: usage({
    command: `npm run new -- ${kindNames.join('|')} NAME`,
    summary: 'Writes all of its files or none, and prints them. What is red afterwards says what to fill in.',
    flags: {},
    environment: {},
    exitCodes: workCodes,
  }),
  async run(args) {
    const flag = args.find((arg) => arg.startsWith('-'));
    if (flag !== undefined) {
      throw new UsageError([`expected ${kindNames.join('|')} NAME, and no flag: got ${flag}`]);
    }
    const changes = scaffold(args, repositoryRoot, taken);
    writeAll(repositoryRoot, changes);
    out(changes.map(({ file, isNew }) => `${isNew ? 'new    ' : 'changed'} ${file}\n`).join(''));
    return 0;
  },
};
