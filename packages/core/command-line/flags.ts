import { parseArgs } from 'node:util';

/** Printed as `--host: expected …`. */
export class Invalid {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

/** Parser, problems and usage all derive from it. */
export interface Flag<T> {
  /** E.g. `HOST[:PORT]`; absent for a switch. */
  readonly placeholder?: string;
  readonly help: string;
  readonly parse: (text: string) => T | Invalid;
  /** A flag without a default is required. */
  readonly absent?: { readonly value: T; readonly shown?: string };
  readonly repeatable?: true;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

export type ValuesOf<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never;
};

export function required<T>(placeholder: string, help: string, parse: (text: string) => T | Invalid): Flag<T> {
  return { placeholder, help, parse };
}

export function optional<T>(
  placeholder: string,
  help: string,
  parse: (text: string) => T | Invalid,
): Flag<T | undefined> {
  return { placeholder, help, parse, absent: { value: undefined } };
}

export function defaulted<T>(
  placeholder: string,
  help: string,
  parse: (text: string) => T | Invalid,
  value: T,
  shown: string = String(value),
): Flag<T> {
  return { placeholder, help, parse, absent: { value, shown } };
}

/** Empty where absent. */
export function repeated<T>(
  placeholder: string,
  help: string,
  parse: (text: string) => T | Invalid,
): Flag<readonly T[]> {
  return {
    placeholder,
    help: `${help}; may be repeated`,
    parse: (text) => {
      const value = parse(text);
      return value instanceof Invalid ? value : [value];
    },
    absent: { value: [] },
    repeatable: true,
  };
}

export function toggle(help: string): Flag<boolean> {
  return { help, parse: () => true, absent: { value: false } };
}

export interface FlagsRead<F extends Flags> {
  /** Complete if there are no problems. */
  readonly values: Partial<ValuesOf<F>>;
  readonly problems: readonly string[];
}

/** For a missing flag; problems name its source. */
export interface Fallback {
  /** E.g. `MEHO_IMAGE`. */
  readonly source: string;
  readonly texts: readonly string[];
}

/** @param fallbacks by the flag's name */
export function readFlags<F extends Flags>(
  flags: F,
  args: readonly string[],
  fallbacks: Readonly<Record<string, Fallback>> = {},
): FlagsRead<F> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { placeholder }]) => [
      name,
      { type: placeholder === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const problems: string[] = [];
  const given = new Map<string, unknown>();
  const mentioned = new Set<string>();
  const take = (name: string, source: string, flag: Flag<unknown>, text: string | undefined) => {
    const value = readValue(flag, text);
    if (value instanceof Invalid) {
      problems.push(`${source}: expected ${value.expected}`);
    } else {
      const before = given.get(name);
      given.set(name, Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value);
    }
  };
  const flagAt = (arg = '') =>
    arg.startsWith('--') && Object.hasOwn(flags, arg.slice(2)) ? flags[arg.slice(2)] : undefined;
  const isValue = (before: string | undefined) => flagAt(before)?.placeholder !== undefined;
  const complete = args.filter((arg, index) => {
    const flag = flagAt(arg);
    const next = args[index + 1];
    // A flag's name as a value means a forgotten value, unless joined by `=`.
    if (flag?.placeholder === undefined || (next !== undefined && !next.startsWith('--'))) {
      return true;
    }
    problems.push(`${arg}: expected a value, ${flag.placeholder}`);
    mentioned.add(arg.slice(2));
    return false;
  });
  const known = complete.filter((arg, index) => {
    // Node takes it for single letters, of which a `-` ends all flags behind it.
    const isLetters = /^-[^-]/.test(arg) && !complete.slice(0, index).includes('--') && !isValue(complete[index - 1]);
    if (isLetters) {
      problems.push(`unknown flag ${arg}`);
    }
    return !isLetters;
  });
  const { tokens } = parseArgs({ args: known, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') {
      problems.push(`unexpected argument ${JSON.stringify(token.value)}`);
    }
    if (token.kind !== 'option') {
      continue;
    }
    const { name, rawName } = token;
    const flag = Object.hasOwn(flags, name) && rawName === `--${name}` ? flags[name] : undefined;
    if (flag === undefined) {
      problems.push(`unknown flag ${rawName}`);
      continue;
    }
    if (mentioned.has(name) && flag.repeatable !== true) {
      problems.push(`${rawName} is given more than once`);
      continue;
    }
    mentioned.add(name);
    take(name, rawName, flag, token.value);
  }
  for (const [name, flag] of Object.entries(flags)) {
    if (mentioned.has(name)) {
      continue;
    }
    const fallback = Object.hasOwn(fallbacks, name) ? fallbacks[name] : undefined;
    if (fallback !== undefined) {
      for (const text of fallback.texts) {
        take(name, fallback.source, flag, text);
      }
    } else if (flag.absent === undefined) {
      problems.push(`--${name} ${flag.placeholder} is required`);
    } else {
      given.set(name, flag.absent.value);
    }
  }
  // Each value is from its own flag's parser or default.
  return { values: Object.fromEntries(given) as Partial<ValuesOf<F>>, problems };
}

function readValue(flag: Flag<unknown>, text: string | undefined): unknown {
  if (flag.placeholder === undefined) {
    return text === undefined ? flag.parse('') : new Invalid('no value: it is a switch');
  }
  if (text === undefined) {
    return new Invalid(`a value, ${flag.placeholder}`);
  }
  const value = parseFlag(flag, text);
  return value instanceof Invalid ? new Invalid(`${value.expected}, got ${JSON.stringify(text)}`) : value;
}

/** Impossible or unreadable files are bad values too. */
function parseFlag(flag: Flag<unknown>, text: string): unknown {
  try {
    return flag.parse(text);
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      return new Invalid(`something that can be looked at (${error.code})`);
    }
    throw error;
  }
}
