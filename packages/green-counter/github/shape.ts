import { GithubError } from './github-error.ts';

/** Validates GitHub's JSON; errors name the place. */
export class Shape {
  readonly #value: unknown;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    this.#value = value;
    this.#place = place;
  }

  /** A missing member is undefined, which only `optional…` accepts. */
  at(name: string): Shape {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value)) {
      throw this.#malformed('an object');
    }
    const object = this.#value as Readonly<Record<string, unknown>>;
    return new Shape(Object.hasOwn(object, name) ? object[name] : undefined, `${this.#place}.${name}`);
  }

  /** Undefined if missing or null. */
  optional(): Shape | undefined {
    return this.#value === undefined || this.#value === null ? undefined : this;
  }

  items(): readonly Shape[] {
    if (!Array.isArray(this.#value)) {
      throw this.#malformed('a list');
    }
    return this.#value.map((item: unknown, index) => new Shape(item, `${this.#place}[${index}]`));
  }

  text(): string {
    if (typeof this.#value !== 'string') {
      throw this.#malformed('text');
    }
    return this.#value;
  }

  nullableText(): string | null {
    return this.#value === null ? null : this.text();
  }

  optionalText(): string | undefined {
    return this.optional()?.text();
  }

  /** RFC 3339. */
  moment(): string {
    const text = this.text();
    if (Number.isNaN(Date.parse(text)) || !/^\d{4}-\d\d-\d\dT/.test(text)) {
      throw this.#malformed('a date and time');
    }
    return text;
  }

  nullableMoment(): string | null {
    return this.#value === null ? null : this.moment();
  }

  commit(): string {
    const text = this.text();
    if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text)) {
      throw this.#malformed('a commit');
    }
    return text;
  }

  count(): number {
    if (!Number.isSafeInteger(this.#value) || Number(this.#value) < 0) {
      throw this.#malformed('a whole number');
    }
    return Number(this.#value);
  }

  flag(): boolean {
    if (typeof this.#value !== 'boolean') {
      throw this.#malformed('true or false');
    }
    return this.#value;
  }

  #malformed(expected: string): GithubError {
    const seen = this.#value === undefined ? 'nothing' : JSON.stringify(this.#value).slice(0, 80);
    return new GithubError({
      expected: `${expected} as ${this.#place} in GitHub's answer`,
      observed: seen,
      next: 'run again; where it stays so, GitHub has changed its answers or something stands in between',
    });
  }
}
