import { createRequire } from 'node:module';

/** Importing node:http loads fetch and HTTP/2, a quarter of a verdict's CPU. */
const { STATUS_CODES }: typeof import('node:http') = createRequire(import.meta.url)('node:http');

export function statusText(status: number): string | undefined {
  return STATUS_CODES[status];
}
