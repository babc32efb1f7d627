import type { Flags } from '@meho/core/command-line/flags';

export interface SplitArguments {
  /** What stands by itself. */
  readonly positional: readonly string[];
  /** Flags with their values. */
  readonly rest: readonly string[];
}

export function splitPositional(flags: Flags, args: readonly string[]): SplitArguments {
  const takesValue = (arg = '') => arg.startsWith('--') && flags[arg.slice(2)]?.placeholder !== undefined;
  const isPositional = (arg: string, index: number) => !arg.startsWith('-') && !takesValue(args[index - 1]);
  return {
    positional: args.filter(isPositional),
    rest: args.filter((arg, index) => !isPositional(arg, index)),
  };
}
