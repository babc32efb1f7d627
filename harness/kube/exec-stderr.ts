const LONGEST = 300;
const LINES = 3;

/**
 * The end of what a plugin says on standard error, on one line: without what the kubeconfig gave it as arguments and
 * variables, and without what looks like a token.
 */
export function lastWords(
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
  const given = [...valuesIn(args), ...Object.values(env)].filter((value) => value.length >= 4);
  const without = given
    .toSorted((a, b) => b.length - a.length)
    .reduce((so, value) => so.replaceAll(value, HIDDEN), last);
  const clean = without.replaceAll(TOKEN_LIKE, HIDDEN);
  return clean.length > LONGEST ? `…${clean.slice(-LONGEST)}` : clean;
}

const HIDDEN = '[hidden]';
/** JWTs, and what is too long and too even for a word or a path. */
const TOKEN_LIKE = /\beyJ[\w-]{8,}(?:\.[\w-]*)*|[\w+=~-]{36,}/g;

/** Of arguments, all but flags' names and the words of a subcommand before them. */
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
