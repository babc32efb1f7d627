import { functionsIn } from '../syntax/tree.ts';
import { steadyFunctions } from './functions.ts';

/**
 * It may return another value per row. Functions not known to be stable or immutable count: volatile is Postgres'
 * default.
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
