import { type Flags, readFlags } from '@meho/core/command-line/flags';
import type { Facts } from './facts.ts';

export interface CommandLine {
  readonly text: string;
  readonly words: readonly string[];
  /** A line to paste must be complete; prose may name a single flag. */
  readonly use: 'to paste' | 'prose';
}

const starts = /(?:npm run|npx vitest|npm test|(?<![\w@/.-])meho-acceptance)(?= |$)/;

/** Finds calls of this repository's own commands. */
export function commandsIn(text: string, use: CommandLine['use']): readonly CommandLine[] {
  return text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, ''))
    .flatMap((line) => line.split(/&&|\|\||;|\$\(|\)"?|\s\|\s|\s>\s/))
    .flatMap((part) => {
      const start = starts.exec(part);
      const command = start === null ? '' : part.slice(start.index).trim();
      const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
      return start === null || (use === 'prose' && start.index > 0) ? [] : [{ text: command, words, use }];
    });
}

export function commandProblems(line: CommandLine, facts: Facts): readonly string[] {
  const [program = '', verb = '', ...rest] = line.words;
  const problems =
    program === 'meho-acceptance'
      ? verifierProblems(line, facts)
      : program === 'npx'
        ? projectProblems(rest, facts)
        : scriptProblems(verb === 'test' ? ['test', ...rest] : rest, facts);
  return problems.map((problem) => `\`${line.text}\`: ${problem}`);
}

function scriptProblems([name = '', ...args]: readonly string[], { scripts, commandFlags }: Facts): readonly string[] {
  if (name === '' || /[…<]/.test(name)) {
    return [];
  }
  const flags = commandFlags.get(name);
  const known = (flag: string) => flags === undefined || flags.has(flag) || flag === '--';
  return scripts.has(name)
    ? flagsIn(args)
        .filter((flag) => !known(flag))
        .map((flag) => `${name} has no ${flag}`)
    : [`package.json has no script ${name}`];
}

function projectProblems(args: readonly string[], { projects }: Facts): readonly string[] {
  return args.flatMap((arg, index) => {
    const name = arg === '--project' ? (args[index + 1] ?? '') : /^--project=(.*)$/.exec(arg)?.[1];
    return name === undefined || projects.has(name) ? [] : [`vitest.config.ts has no project ${name}`];
  });
}

function verifierProblems({ words, use }: CommandLine, { published }: Facts): readonly string[] {
  const [, name = '', next = ''] = words;
  if (name === '' || name.startsWith('-') || /[…<]/.test(name)) {
    return [];
  }
  const full = published.has(`${name} ${next}`) ? `${name} ${next}` : name;
  const command = published.get(full);
  if (command === undefined) {
    return [`there is no ${full}`];
  }
  const args = words.slice(1 + full.split(' ').length);
  if (use === 'prose') {
    return flagsIn(args)
      .filter((flag) => !Object.hasOwn(command.flags, flag.slice(2)))
      .map((flag) => `${full} has no ${flag}`);
  }
  const { problems } = readFlags(withoutFiles(command.flags), args);
  return problems.filter(
    (problem) => !/^unexpected argument/.test(problem) || !(command.takesFiles || /"…"$/.test(problem)),
  );
}

const flagsIn = (args: readonly string[]) => args.flatMap((arg) => /^\[?(--[a-z][a-z-]*)/.exec(arg)?.[1] ?? []);

/** Skips values that name files, and `…`, which stands for a value of the reader's. */
function withoutFiles(flags: Flags): Flags {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => {
      const namesFile = /FILE|FOLDER|PATH/.test(flag.placeholder ?? '');
      return [name, { ...flag, parse: (text) => (namesFile || /[…$]/.test(text) ? [text] : flag.parse(text)) }];
    }),
  );
}
