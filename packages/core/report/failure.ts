import { stripVTControlCharacters } from 'node:util';
import type { FailureParts } from './run-report.ts';

/** An error from another process, as the runner has it. */
export interface FailureRecord {
  readonly message: string;
  readonly name?: string;
  readonly stack?: string;
  readonly diff?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly cause?: unknown;
  /** Of a Problem. */
  readonly observed?: unknown;
  readonly next?: unknown;
}

/** Message, expected and received, causes, place in our sources. */
export function formatFailure(errors: readonly FailureRecord[]): string {
  // The runner always colours its diffs.
  return stripVTControlCharacters(errors.map(formatOne).join('\n'));
}

/** For a reader who wants to know what was expected and seen: of the first error, with its first cause. */
export function failureParts([first]: readonly FailureRecord[]): FailureParts {
  if (first === undefined) {
    return {};
  }
  const cause = causesOf(first).at(-1);
  return {
    ...saidBy(first),
    ...(cause === undefined ? {} : { cause: plainText(cause) }),
    ...(typeof first.next === 'string' ? { next: plainText(first.next) } : {}),
  };
}

/** A Problem says both; of an assertion the lines in which they differ, else its one sentence. */
function saidBy({ expected, observed, diff = '', message }: FailureRecord): FailureParts {
  if (typeof expected === 'string' && typeof observed === 'string') {
    return { expected: plainText(expected), observed: plainText(observed) };
  }
  const lines = stripVTControlCharacters(diff).split('\n');
  const side = (sign: string) => lines.filter((line) => line.startsWith(`${sign} `) && !isLegend(line));
  const [wanted, got] = [side('-'), side('+')];
  if (wanted.length + got.length > 0) {
    return { expected: joined(wanted), observed: joined(got) };
  }
  const [, about = '', seen, wish] = /^(?:(.+?): )?expected (.+?) ((?:not )?to .+)$/m.exec(plainText(message)) ?? [];
  return seen === undefined || wish === undefined
    ? { observed: plainText(message).split('\n', 1)[0] ?? '' }
    : { expected: [about, wish].filter((part) => part !== '').join(': '), observed: seen };
}

const isLegend = (line: string) => /^[-+] (?:Expected|Received)\b/.test(line);

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing in its place' : lines.map((line) => line.slice(2).trim()).join('\n');
}

const plainText = (text: string) => stripVTControlCharacters(text);

function causesOf(error: FailureRecord): readonly string[] {
  const causes: string[] = [];
  for (let cause = error.cause; isRecord(cause); cause = cause.cause) {
    causes.push(cause.message);
  }
  return causes;
}

function formatOne(error: FailureRecord): string {
  const lines = error.message.split('\n');
  if (error.diff !== undefined && error.diff !== '') {
    lines.push(...error.diff.split('\n'));
  }
  lines.push(...causesOf(error).map((cause) => `caused by: ${cause}`));
  const place = placeIn(error.stack ?? '');
  if (place !== undefined) {
    lines.push(`at ${place}`);
  }
  return lines.map((line) => `    ${line}`).join('\n');
}

function isRecord(value: unknown): value is FailureRecord {
  return typeof value === 'object' && value !== null && typeof (value as FailureRecord).message === 'string';
}

/** Skips library frames, which tell a reader nothing. */
function placeIn(stack: string): string | undefined {
  const places = stack.match(/(?<=\s|\(|file:\/\/)\/\S+?\.ts:\d+:\d+/g) ?? [];
  const own = places.find((place) => !place.includes('/node_modules/'));
  return own?.replace(/^.*?\/(?=(?:packages|images|apps|harness|suites|charts)\/)/, '');
}
