import { Problem } from '../problem.ts';

/**
 * The part of a service of ours that somebody else's has as well. Whoever asks for more is told so: a story that needs to
 * take a service away says `needs('services of ours')` and is skipped.
 *
 * @param what e.g. `Vault`
 */
export function lent<T extends object>(what: string, part: Partial<T>): T {
  return new Proxy(part, {
    get(target, member, receiver) {
      if (Reflect.has(target, member) || typeof member === 'symbol' || member === 'then') {
        return Reflect.get(target, member, receiver);
      }
      throw new Problem({
        expected: `a ${what} that this run has started, for its \`${member}\``,
        observed: 'this one is somebody else’s, at an address that was given',
        next: "let the story say that it needs('services of ours')",
      });
    },
  }) as T;
}
