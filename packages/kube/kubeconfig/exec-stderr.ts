import { redactMessage } from '@meho/core/redaction/redact-message';

const LONGEST = 300;
const LINES = 3;

/** Makes one line, without configured arguments and variables and anything like a token. */
export function lastStderrLine(
  stderr: string,
  { args, env }: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): string {
  const last = stderr
    .slice(-16_384)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-LINES)
    .join(' | ');
  const clean = redactMessage(last, [...valuesIn(args), ...Object.values(env)]);
  return clean.length > LONGEST ? `…${clean.slice(-LONGEST)}` : clean;
}

/** Leaves out flag names and leading subcommands. */
function valuesIn(args: readonly string[]): readonly string[] {
  const firstFlag = args.findIndex((arg) => arg.startsWith('-'));
  return args.flatMap((arg, at) => {
    if (arg.startsWith('-')) {
      const equals = arg.indexOf('=');
      return equals < 0 ? [] : [arg.slice(equals + 1)];
    }
    const isSubcommand = (firstFlag < 0 || at < firstFlag) && /^[a-z][a-z-]*$/.test(arg);
    return isSubcommand ? [] : [arg];
  });
}
