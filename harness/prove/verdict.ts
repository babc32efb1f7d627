import type { Expectation } from './story.ts';

/** What a run of a verifier came to. */
export interface Seen {
  readonly exitCode: number;
  /** Ids of the checks that failed, or `usage`. */
  readonly red: readonly string[];
  /** Ids of the checks that warned. */
  readonly warned: readonly string[];
  /** What the red and the warning lines say, one a line. */
  readonly words: string;
  /** Process start to exit, in milliseconds. */
  readonly durationMs: number;
  /** Where the time went, as the verifier itself tells; absent where it could not run as asked. */
  readonly timings?: Timings;
}

/** In milliseconds. */
export interface Timings {
  /** From the reading of the flags to the last verdict. */
  readonly verdictMs: number;
  /** By id of the check. */
  readonly checksMs: Readonly<Record<string, number>>;
  readonly requests: readonly {
    readonly path: string;
    readonly withToken: boolean;
    readonly connectMs: number;
    readonly tlsMs: number;
    readonly waitMs: number;
    readonly readMs: number;
    readonly serverTiming?: string;
  }[];
}

/** A fault with what became of it. */
export interface Proof {
  readonly fault: Expectation;
  readonly seen: Seen | undefined;
  /** What is wrong; none where the fault was found as it should be and the release was healthy again afterwards. */
  readonly complaints: readonly string[];
}

/** Compares what went red with what must: nothing missing, nothing more, the cause named, the exit code right. */
export function complaintsOf(fault: Expectation, seen: Seen): readonly string[] {
  const { expectRed, expectWarn = [], says } = fault;
  const exitCode = expectRed.length === 0 ? 0 : expectRed.includes('usage') ? 2 : 1;
  return [
    ...missing(expectRed, seen.red).map((id) => `${id} did not go red`),
    ...missing(seen.red, expectRed).map((id) => `${id} went red with it`),
    ...missing(expectWarn, seen.warned).map((id) => `${id} did not warn`),
    ...missing(seen.warned, expectWarn).map((id) => `${id} warned with it`),
    ...(says === undefined || says.test(seen.words) ? [] : [`no line says ${says}`]),
    ...(seen.exitCode === exitCode ? [] : [`exit code ${seen.exitCode} instead of ${exitCode}`]),
  ];
}

/** Whether a run on the healthy release is what it must be: everything looked at, nothing red, nothing warned of. */
export function complaintsOfHealthy(seen: Seen): readonly string[] {
  return [
    ...seen.red.map((id) => `${id} is red on the healthy release`),
    ...seen.warned.map((id) => `${id} warns on the healthy release`),
    ...(seen.exitCode === 0 ? [] : [`exit code ${seen.exitCode} on the healthy release`]),
  ];
}

function missing(wanted: readonly string[], there: readonly string[]): readonly string[] {
  return wanted.filter((id) => !there.includes(id));
}

/** The prove table: fault, what must go red, what went red, ok or MISSED. */
export function proveTable(proofs: readonly Proof[]): string {
  const rows = proofs.map(({ fault, seen, complaints }) => [
    `${fault.id}: ${fault.title}`,
    shown(fault.expectRed, fault.expectWarn),
    seen === undefined ? '?' : shown(seen.red, seen.warned),
    complaints.length === 0 ? 'ok' : 'MISSED',
  ]);
  const head = ['fault', 'must go red', 'went red', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

function shown(red: readonly string[], warned: readonly string[] = []): string {
  const all = [...red, ...warned.map((id) => `${id} (warns)`)];
  return all.length === 0 ? 'nothing' : all.join(', ');
}
