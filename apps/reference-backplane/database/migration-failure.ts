import { classOf } from '../error-class.ts';

/**
 * `migration_failed: <class>: <message>` (seed, "Failure semantics"). Masks the password, should a message contain it.
 */
export function failureLine(error: unknown, password: string | undefined): string {
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ').trim();
  const line = `migration_failed: ${classOf(error)}: ${message}`;
  return password === undefined || password === '' ? line : line.replaceAll(password, '***');
}
