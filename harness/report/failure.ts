import { stripVTControlCharacters } from 'node:util';

/** What a test runner knows of an error that crossed a process border. */
export interface FailureRecord {
  readonly message: string;
  readonly name?: string;
  readonly stack?: string;
  readonly diff?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly cause?: unknown;
}

/**
 * One failure format everywhere: the message, then expected and received where the runner knows them, then the causes,
 * then the place in our own sources.
 */
export function formatFailure(errors: readonly FailureRecord[]): string {
  // The runner paints its differences, also where nobody sees colours; made safe, they would be text.
  return stripVTControlCharacters(errors.map(formatOne).join('\n'));
}

function formatOne(error: FailureRecord): string {
  const lines = error.message.split('\n');
  if (error.diff !== undefined && error.diff !== '') {
    lines.push(...error.diff.split('\n'));
  }
  for (let cause = error.cause; isRecord(cause); cause = cause.cause) {
    lines.push(`caused by: ${cause.message}`);
  }
  const place = placeIn(error.stack ?? '');
  if (place !== undefined) {
    lines.push(`at ${place}`);
  }
  return lines.map((line) => `    ${line}`).join('\n');
}

function isRecord(value: unknown): value is FailureRecord {
  return typeof value === 'object' && value !== null && typeof (value as FailureRecord).message === 'string';
}

/** The first frame in the project's own sources: frames of libraries tell a reader nothing. */
function placeIn(stack: string): string | undefined {
  const frame = /\(?((?:\/|file:\/\/)\S*?(?:harness|suites|charts)\/\S+\.ts:\d+:\d+)\)?/.exec(stack);
  return frame?.[1]?.replace(/^.*?\/(?=(?:harness|suites|charts)\/)/, '');
}
