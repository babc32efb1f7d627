import { createRequire } from 'node:module';

/** Required, not imported: for an import of node:http Node loads all of its fetch and HTTP/2, a quarter of a verdict's CPU. */
const { STATUS_CODES }: typeof import('node:http') = createRequire(import.meta.url)('node:http');

/** E.g. `Forbidden`; undefined for a status that has no name. */
export function statusText(status: number): string | undefined {
  return STATUS_CODES[status];
}
