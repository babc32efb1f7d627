/** Variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings one by one and keeps every problem instead of stopping at the first: a blank ConfigMap is mended in one
 * go. A variable that is set but blank counts as unset, because a chart renders what nobody filled in as "".
 */
export class EnvironmentReader {
  readonly problems: string[] = [];
  private readonly environment: Environment;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  optional(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  /** @param remedy what sets it, e.g. `set config.mcpResourceUri` */
  required(name: string, remedy: string): string {
    const value = this.optional(name);
    if (value === undefined) {
      this.problems.push(`${name} is not set; ${remedy}`);
    }
    return value ?? '';
  }

  /** A whole number from `least` up. */
  integer(name: string, fallback: number, least: number): number {
    const value = this.optional(name);
    if (value === undefined) {
      return fallback;
    }
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least) {
      return number;
    }
    this.problems.push(`${name} is "${value}"; expected a whole number of at least ${least}`);
    return fallback;
  }

  /** A number of seconds greater than zero, given back in milliseconds. */
  seconds(name: string, fallbackSeconds: number): number {
    const value = this.optional(name);
    const seconds =
      value === undefined ? fallbackSeconds : /^\d{1,6}(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (seconds > 0) {
      return seconds * 1000;
    }
    this.problems.push(`${name} is "${value}"; expected a number of seconds greater than 0`);
    return fallbackSeconds * 1000;
  }

  /** An absolute URL of one of these protocols (`https:`), without its trailing slash; undefined where it is unset or bad. */
  url(name: string, protocols: readonly string[]): string | undefined {
    const value = this.optional(name);
    if (value === undefined) {
      return undefined;
    }
    const url = URL.parse(value);
    if (url === null || !protocols.includes(url.protocol) || url.hostname === '') {
      const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ');
      // The value isn't repeated: a URL may carry a password.
      this.problems.push(`${name} is not an absolute URL; expected one that starts with ${schemes}`);
      return undefined;
    }
    return value.replace(/\/+$/, '');
  }

  /** Runs a parser of one variable's value and keeps its problem. */
  parsed<T>(name: string, value: string, parse: (value: string) => T): T | undefined {
    try {
      return parse(value);
    } catch (error) {
      this.problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
