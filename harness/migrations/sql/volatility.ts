import { steadyFunctions } from './functions.ts';
import { functionsIn } from './tree.ts';

/**
 * The first function of an expression that may give another value for each row. One that isn't known to be stable or
 * immutable counts: Postgres takes a function for volatile unless it says otherwise, too.
 */
export function volatileFunction(expression: unknown): string | undefined {
  for (const { name } of functionsIn(expression)) {
    const schema = name.length > 1 ? name[0] : 'pg_catalog';
    if (schema !== 'pg_catalog' || !steadyFunctions.has(name.at(-1) ?? '')) {
      return name.join('.');
    }
  }
  return undefined;
}
