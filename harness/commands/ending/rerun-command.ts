import path from 'node:path';
import type { RunFailure } from '@meho/core/report/run-failure';

/** The command that failed, e.g. `npm run acceptance --`, and its arguments. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

/** @returns a line for the shell that runs one failed test, or what comes nearest: its file, its phase, the command */
export function rerunCommand({ project, file, names }: RunFailure, ran: CommandLine): string {
  const named = names.length === 0 ? [] : ['-t', `^${names.map(escaped).join(' ')}$`];
  switch (project) {
    case 'unit':
    case 'processes':
    case 'chart':
    case 'integration':
      return shellLine('npx vitest run --project', project, ...(file === undefined ? [] : [file]), ...named);
    case 'suites':
      return file === undefined
        ? asRan(ran)
        : shellLine('npm run acceptance --', ...withoutChoice(ran), '--suite', storyOf(file), ...named);
    case 'faults':
      return file === undefined
        ? asRan(ran)
        : shellLine('npm run faults --', path.basename(file, '.faults.ts'), ...named);
    case 'corpus':
      return shellLine('npm run corpus --', ...named);
    default:
      return asRan(ran);
  }
}

/** @returns a line that runs all that failed, of a command that has a record of it */
export function rerunFailed({ command, args }: CommandLine): string {
  return shellLine(command, ...withoutChoice({ command, args }), '--rerun-failed');
}

/** @returns a line that runs all of it, whatever was chosen */
export function runWhole({ command, args }: CommandLine): string {
  return asRan({ command, args: withoutChoice({ command, args }) });
}

export function asRan({ command, args }: CommandLine): string {
  return args.length === 0 ? command.replace(/ --$/, '') : shellLine(command, ...args);
}

/** What was judged and where, without the choice of suites and tests. */
function withoutChoice({ command, args }: CommandLine): readonly string[] {
  if (!command.startsWith('npm run acceptance')) {
    return [];
  }
  const isChoice = (arg = '') => /^(?:--(?:suite|test|shard|times)|-t)$/.test(arg);
  const isJoined = (arg: string) => /^--(?:suite|test|shard|times)=/.test(arg);
  return args.filter((arg, index) => !isChoice(arg) && !isChoice(args[index - 1]) && !isJoined(arg));
}

/** `suites/install/cold-install.spec.ts` as `--suite` takes it. */
function storyOf(file: string): string {
  return file.replace(/^suites\//, '').replace(/\.spec\.ts$/, '');
}

/** For `-t`, a regular expression. A control character would not survive a terminal. */
function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\p{Cc}/gu, '.');
}

function shellLine(command: string, ...args: readonly string[]): string {
  return [command, ...args.map(quoted)].join(' ');
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
