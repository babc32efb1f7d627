import { Problem } from '@meho/core/problem';

/**
 * Exposes only what an external service offers too; other members throw. A story that needs more says `needs('services
 * of ours')`.
 *
 * @param what e.g. `Vault`
 */
export function externalService<T extends object>(what: string, part: Partial<T>): T {
  return new Proxy(part, {
    get(target, member, receiver) {
      if (Reflect.has(target, member) || typeof member === 'symbol' || member === 'then') {
        return Reflect.get(target, member, receiver);
      }
      throw new Problem({
        expected: `a ${what} that this run has started, for its \`${member}\``,
        observed: 'this one is external, at an address that was given',
        next: "let the story say that it needs('managed services')",
      });
    },
  }) as T;
}
