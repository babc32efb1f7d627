import { safeLine } from '../safe-text.ts';
import { seconds } from '../timeline.ts';

/** What a test runner is at, for another process's terminal. */
export interface TestStatus {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of files that are loaded. */
  readonly left: number;
  readonly filesLeft: number;
  readonly underWay: readonly TestUnderWay[];
}

export interface TestUnderWay {
  /** From the repository's root. */
  readonly file: string;
  readonly name: string;
  /** In ms since 1970. */
  readonly startedMs: number;
}

export interface Space {
  readonly columns: number;
  /** At least 2. */
  readonly rows: number;
}

const mostRows = 8;

/** Counts, then what takes longest: never more than half of a screen, no line wider than it. */
export function statusLines(status: TestStatus, { columns, rows }: Space, nowMs: number): readonly string[] {
  const { passed, failed, skipped, left, filesLeft, underWay } = status;
  const counts = [
    `${passed} passed`,
    `${failed} failed`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    `${left} left${filesLeft === 0 ? '' : `, and ${filesLeft} ${filesLeft === 1 ? 'file' : 'files'} to come`}`,
  ].join(', ');
  const room = Math.max(1, Math.min(mostRows, Math.floor(rows / 2)) - 1);
  const longestFirst = underWay.toSorted((a, b) => a.startedMs - b.startedMs);
  const shown = longestFirst.slice(0, longestFirst.length > room ? room - 1 : room);
  const hidden = longestFirst.length - shown.length;
  return [
    cut(`  ${counts}`, columns),
    ...shown.map((test) => testLine(test, columns, nowMs)),
    ...(hidden === 0 ? [] : [cut(`  and ${hidden}${shown.length === 0 ? '' : ' more'} under way`, columns)]),
  ];
}

/** The time stays where a name is cut. */
function testLine({ file, name, startedMs }: TestUnderWay, columns: number, nowMs: number): string {
  const time = ` (${seconds(Math.max(0, nowMs - startedMs))})`;
  return `${cut(`  ▸ ${storyOf(file)} › ${safeLine(name)}`, columns - time.length)}${time}`;
}

const storyOf = (file: string) => safeLine(file.replace(/^suites\//, '').replace(/(?:\.\w+)?\.ts$/, ''));

/** A terminal begins another line in its last column, and writes `^C` behind ours: neither may move what stays. */
const freeColumns = 3;

export function cut(text: string, columns: number): string {
  const most = Math.max(1, columns - freeColumns);
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}
