export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Collects every problem, so that a blank ConfigMap can be fixed in one go. A blank variable counts as unset, because a
 * chart renders missing values as "".
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

  /** @param remedy e.g. `set config.mcpResourceUri` */
  required(name: string, remedy: string): string {
    const value = this.optional(name);
    if (value === undefined) {
      this.problems.push(`${name} is not set; ${remedy}`);
    }
    return value ?? '';
  }

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

  /** Reads a positive number of seconds as milliseconds. */
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

  /**
   * @param protocols e.g. `https:`
   * @returns an absolute URL without trailing slash; undefined if unset or invalid
   */
  url(name: string, protocols: readonly string[]): string | undefined {
    const value = this.optional(name);
    if (value === undefined) {
      return undefined;
    }
    const url = URL.parse(value);
    if (url === null || !protocols.includes(url.protocol) || url.hostname === '') {
      const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ');
      // Doesn't repeat the value: a URL may carry a password.
      this.problems.push(`${name} is not an absolute URL; expected one that starts with ${schemes}`);
      return undefined;
    }
    return value.replace(/\/+$/, '');
  }

  parsed<T>(name: string, value: string, parse: (value: string) => T): T | undefined {
    try {
      return parse(value);
    } catch (error) {
      this.problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
