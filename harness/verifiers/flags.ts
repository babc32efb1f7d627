import { parseArgs } from 'node:util';

/** A value that a flag can't take; `expected` reads behind `--host: expected …`. */
export class Invalid {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

/** One flag, declared once: the parser, the problems and the usage text all come from it. */
export interface Flag<T> {
  /** What stands for the value in the usage, e.g. `HOST[:PORT]`; absent for a switch. */
  readonly placeholder?: string;
  readonly help: string;
  readonly parse: (text: string) => T | Invalid;
  /** The value where the flag isn't given; a flag without one is required. */
  readonly absent?: { readonly value: T; readonly shown?: string };
  /** May be given several times: its value is a list, to which each mention adds. */
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

/** May be given several times; none is an empty list. */
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
  /** Holds every flag when there are no problems, otherwise those that could be read. */
  readonly values: Partial<ValuesOf<F>>;
  readonly problems: readonly string[];
}

/** What stands for a flag that isn't given, and where that was found: its problems name it. */
export interface Fallback {
  /** E.g. `MEHO_IMAGE`. */
  readonly source: string;
  readonly texts: readonly string[];
}

/**
 * Reads the arguments and finds everything that is wrong with them, in the order of the arguments.
 *
 * @param fallbacks by the flag's name
 */
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
  const complete = args.filter((arg, index) => {
    const flag = arg.startsWith('--') && Object.hasOwn(flags, arg.slice(2)) ? flags[arg.slice(2)] : undefined;
    const next = args[index + 1];
    // A value that looks like a flag is a forgotten one, unless it is tied on with `=`.
    if (flag?.placeholder === undefined || (next !== undefined && !next.startsWith('--'))) {
      return true;
    }
    problems.push(`${arg}: expected a value, ${flag.placeholder}`);
    mentioned.add(arg.slice(2));
    return false;
  });
  const { tokens } = parseArgs({ args: complete, options, strict: false, allowPositionals: true, tokens: true });
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
  // Each value came out of the parser of its own flag, or is that flag's value for being absent.
  return { values: Object.fromEntries(given) as Partial<ValuesOf<F>>, problems };
}

function readValue(flag: Flag<unknown>, text: string | undefined): unknown {
  if (flag.placeholder === undefined) {
    return text === undefined ? flag.parse('') : new Invalid('no value: it is a switch');
  }
  if (text === undefined) {
    return new Invalid(`a value, ${flag.placeholder}`);
  }
  const value = parsed(flag, text);
  return value instanceof Invalid ? new Invalid(`${value.expected}, got ${JSON.stringify(text)}`) : value;
}

/** A name that no file can have, or a file that nobody may look at, is a bad value like any other. */
function parsed(flag: Flag<unknown>, text: string): unknown {
  try {
    return flag.parse(text);
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      return new Invalid(`something that can be looked at (${error.code})`);
    }
    throw error;
  }
}
