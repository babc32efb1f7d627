import { failureLines } from '@meho/core/failure';
import type { Expectation } from './fault.ts';

export interface Evaluation {
  readonly exitCode: number;
  /** Check ids, or `usage`. */
  readonly red: readonly string[];
  /** Check ids. */
  readonly warned: readonly string[];
  /** Failures and warnings, one per line. */
  readonly words: string;
  /** From process start to exit. */
  readonly durationMs: number;
  /** Absent if it could not run as asked. */
  readonly timings?: Timings;
}

export interface Timings {
  /** From reading the flags to the last verdict. */
  readonly verdictMs: number;
  /** By check id. */
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

/** Includes a failure that doesn't name its cause. */
export function complaintsOf(fault: Expectation, seen: Evaluation): readonly string[] {
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

export function complaintsOfHealthy(seen: Evaluation): readonly string[] {
  return [
    ...seen.red.map((id) => `${id} is red on the healthy release`),
    ...seen.warned.map((id) => `${id} warns on the healthy release`),
    ...(seen.exitCode === 0 ? [] : [`exit code ${seen.exitCode} on the healthy release`]),
  ];
}

function missing(wanted: readonly string[], there: readonly string[]): readonly string[] {
  return wanted.filter((id) => !there.includes(id));
}

/** Says what was expected and seen, and quotes the verifier. */
export function missed(fault: Expectation, seen: Evaluation | undefined, complaints: readonly string[]): string {
  const { expectRed, expectWarn, says } = fault;
  const words = says === undefined ? '' : `, in words like ${says}`;
  return failureLines({
    expected: `${shown(expectRed, expectWarn)}${words}`,
    observed:
      seen === undefined
        ? 'nothing, because no verifier was run'
        : `${shown(seen.red, seen.warned)}, exit code ${seen.exitCode}`,
    evidence: [...complaints.map((complaint) => `  ${complaint}`), ...(seen === undefined ? [] : [saidBy(seen)])],
  }).join('\n');
}

export function unhealthy(seen: Evaluation): string {
  return [...complaintsOfHealthy(seen), saidBy(seen)].join('\n');
}

function saidBy({ words }: Evaluation): string {
  return words === '' ? 'the verifier said nothing' : `the verifier said:\n${words.replaceAll(/^/gm, '  ')}`;
}

function shown(red: readonly string[], warned: readonly string[] = []): string {
  const all = [...red.map((id) => `${id} red`), ...warned.map((id) => `${id} warns`)];
  return all.length === 0 ? 'nothing red' : all.join(', ');
}
