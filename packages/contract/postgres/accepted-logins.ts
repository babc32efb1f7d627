import type { Parameters } from './parameters.ts';
import { PostgresUriError } from './uri.ts';

const methods = ['none', 'password', 'md5', 'gss', 'sspi', 'scram-sha-256', 'oauth'] as const;
/** How a server may let somebody in, in the words of libpq's require_auth. */
export type LoginMethod = (typeof methods)[number];

/**
 * Of require_auth: a list of methods, or of methods that are not taken, each with `!` before it.
 *
 * @returns undefined if any will do @throws PostgresUriError
 */
export function acceptedLogins(parameters: Parameters): ReadonlySet<LoginMethod> | undefined {
  const given = parameters.get('require_auth');
  if (given === undefined || given.value === '') {
    return undefined;
  }
  const parts = given.value.split(',').map((part) => part.trim());
  const refused = parts.filter((part) => part.startsWith('!'));
  if (refused.length > 0 && refused.length < parts.length) {
    throw new PostgresUriError(`${given.source} names methods both with and without !`);
  }
  const named = parts.map((part) => {
    const method = methods.find((each) => each === part.replace(/^!/, ''));
    if (method === undefined) {
      throw new PostgresUriError(`${given.source} is no list of ${methods.join(', ')}`);
    }
    return method;
  });
  const listed = new Set(named);
  if (listed.size < named.length) {
    throw new PostgresUriError(`${given.source} names a method twice`);
  }
  return refused.length === 0 ? listed : new Set(methods.filter((method) => !listed.has(method)));
}

/** By the codes of the protocol's authentication requests. */
const asked: ReadonlyMap<number, LoginMethod> = new Map([
  [3, 'password'],
  [5, 'md5'],
  [7, 'gss'],
  [9, 'sspi'],
  [10, 'scram-sha-256'],
]);
const LET_IN = 0;
const SCRAM_PROVEN = 12;

/** Holds a login to the methods that are taken, before a password is sent. */
export class LoginWatch {
  readonly #accepted: ReadonlySet<LoginMethod> | undefined;
  #method: LoginMethod = 'none';
  #proven = false;

  constructor(accepted: ReadonlySet<LoginMethod> | undefined) {
    this.#accepted = accepted;
  }

  /**
   * @param code of the server's message
   * @returns what is wrong
   */
  refusalOf(code: number): string | undefined {
    this.#method = asked.get(code) ?? this.#method;
    this.#proven ||= code === SCRAM_PROVEN;
    if (this.#accepted === undefined || (code !== LET_IN && !asked.has(code))) {
      return undefined;
    }
    if (!this.#accepted.has(this.#method)) {
      const how = this.#method === 'none' ? 'lets us in without asking for anything' : `asks for ${this.#method}`;
      return `the server ${how}, which require_auth doesn't take`;
    }
    // Whoever can't show that it knows the password is another server.
    return code === LET_IN && this.#method === 'scram-sha-256' && !this.#proven
      ? 'the server lets us in before it has shown that it knows the password, and require_auth is set'
      : undefined;
  }
}
