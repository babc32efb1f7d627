import { filesOfVariables } from '../config.ts';
import type { Flag, Flags } from './flags.ts';

export interface UsageText {
  readonly command: string;
  readonly summary: string;
  readonly flags: Flags;
  readonly environment: Readonly<Record<string, string>>;
  readonly exitCodes?: string;
}

const verdictCodes = '0 all holds, 1 a check failed, 2 it could not run as asked';

/** For commands that clean up before a signal ends them. */
export const cleaningUpCodes = `${verdictCodes}, 129, 130, 141 or 143 ended by a signal and cleaned up`;

/** Derives from the parser's own declarations. */
export function usage({ command, summary, flags, environment, exitCodes = verdictCodes }: UsageText): string {
  const variables = Object.entries(environment);
  const needed = Object.entries(flags).filter(([, flag]) => flag.absent === undefined);
  const rows = [
    ...Object.entries(flags).map(([name, flag]) => [spelling(name, flag), describe(flag)] as const),
    ['-h, --help', 'print this and exit'] as const,
  ];
  return [
    `usage: ${command} ${needed.map(([name, flag]) => `${spelling(name, flag)} `).join('')}[flags]`,
    '',
    summary,
    '',
    'flags:',
    ...table(rows),
    '',
    ...(variables.length === 0 ? [] : ['environment:', ...table(variables), '']),
    `exit code: ${exitCodes}`,
    '',
  ].join('\n');
}

function spelling(name: string, { placeholder }: Flag<unknown>): string {
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
}

function describe({ help, absent }: Flag<unknown>): string {
  if (absent === undefined) {
    return `${help} (required)`;
  }
  return absent.shown === undefined ? help : `${help} (default ${absent.shown})`;
}

export function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** What follows a `--` is no flag. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '-h' || arg === '--help');
}

/** Reads it without the flags' parser, for a run that breaks off. */
export function asksForJson(args: readonly string[]): boolean {
  return args.some((arg, index) => arg === '--output=json' || (arg === 'json' && args[index - 1] === '--output'));
}

/** Whatever may be a file's name, in arguments, `--flag=values` and variables. */
export function filesNamedBy(args: readonly string[]): readonly string[] {
  return [...args.map((arg) => /^--[^=]+=(.*)$/s.exec(arg)?.[1] ?? arg), ...filesOfVariables()];
}
