import { classOf } from '../error-class.ts';

/**
 * The line on stderr that the Job's log ends with: `migration_failed: <class>: <message>` (seed, "Failure semantics").
 * The database's messages never hold the password; should one ever do, it is blotted out.
 */
export function failureLine(error: unknown, password: string | undefined): string {
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ').trim();
  const line = `migration_failed: ${classOf(error)}: ${message}`;
  return password === undefined || password === '' ? line : line.replaceAll(password, '***');
}
