import type { Flag, Flags } from './flags.ts';

export interface UsageText {
  readonly command: string;
  readonly summary: string;
  readonly flags: Flags;
  /** Variables that are read, with what they are for. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The text of `--help`, made from the declarations that the parser reads. */
export function usage({ command, summary, flags, environment }: UsageText): string {
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
    'environment:',
    ...table(Object.entries(environment)),
    '',
    'exit code: 0 all holds, 1 a check failed, 2 it could not run as asked',
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

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
