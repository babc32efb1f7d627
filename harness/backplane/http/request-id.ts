import { randomUUID } from 'node:crypto';

const SANE = /^[\w.:-]{1,128}$/;

/** The caller's X-Request-ID when it can stand in a header, a log line and a row as it is; else a new one. */
export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
