import type { Cancellation } from './run.ts';

/** contract.md: "every file under `docs/` or `*.md`". */
export function isDocumentation(file: string): boolean {
  return file.startsWith('docs/') || file.endsWith('.md');
}

/**
 * Reads job annotations. A job over `timeout-minutes` is also cancelled, but is a failed smoke, so the time limit goes
 * first; no cause means unknown.
 */
export function cancellationOf(messages: readonly string[]): Cancellation {
  const find = (pattern: RegExp) => messages.map((message) => pattern.exec(message)?.[0]).find((text) => text);
  const timeout = find(/exceeded the maximum execution time of [\w. ]+/);
  if (timeout !== undefined) {
    return { by: 'timeout', shown: timeout };
  }
  const person = find(/^The run was cancell?ed by @[\w[\]-]+/);
  if (person !== undefined) {
    return { by: 'person', shown: person };
  }
  return find(/^Canceling since a higher priority waiting request/) === undefined
    ? { by: 'unknown', shown: 'no annotation of its jobs says that a person or a newer push did it' }
    : { by: 'newer push', shown: 'a higher priority waiting request' };
}
