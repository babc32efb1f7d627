import { randomUUID } from 'node:crypto';

const SANE = /^[\w.:-]{1,128}$/;

/** Keeps the caller's id if it is safe in a header, a log line and a row. */
export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
