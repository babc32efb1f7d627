import { appendFile, readFile } from 'node:fs/promises';
import type { InputFinding } from './input-findings.ts';
import type { Trial } from './try-inputs.ts';

export interface Totals {
  inProcess: number;
  byProcess: number;
  calledOff: number;
  longestMs: number;
  longestCallMs: number;
  biggestKb: number;
  exits: Record<string, number>;
  finds: Record<string, number>;
}

const nothing = (): Totals => ({
  inProcess: 0,
  byProcess: 0,
  calledOff: 0,
  longestMs: 0,
  longestCallMs: 0,
  biggestKb: 0,
  exits: {},
  finds: {},
});

/** With the findings that break each. */
const promises: readonly (readonly [promise: string, kinds: readonly InputFinding['kind'][]])[] = [
  ['exit codes outside the contract', ['exit code']],
  ['stack traces, uncaught errors, warnings of Node', ['stack trace', 'uncaught']],
  ['over their deadline + 5 s, or 5 s after a signal', ['late']],
  ['over 200 MB', ['memory']],
  ['canaries seen', ['secret']],
  ['with an order to a runner of workflows, or an escape', ['workflow command', 'control character']],
  ['without the document, the lines or the report that they should have', ['document', 'line', 'report']],
];

export class Tally {
  readonly totals = nothing();

  get finds(): number {
    return sum(Object.values(this.totals.finds));
  }

  add({ input, ended, finds }: Trial): void {
    const { totals } = this;
    totals.longestMs = Math.max(totals.longestMs, ended.tookMs);
    totals[ended.peakKb === undefined ? 'inProcess' : 'byProcess'] += 1;
    if (input.command !== 'migration-compat') {
      totals.biggestKb = Math.max(totals.biggestKb, ended.peakKb ?? 0);
    }
    if (ended.endedAfterMs !== undefined) {
      totals.calledOff += 1;
      totals.longestCallMs = Math.max(totals.longestCallMs, ended.endedAfterMs);
    }
    count(totals.exits, `${input.command} ${ended.exitCode ?? 'none'}`);
    for (const { kind } of finds) {
      count(totals.finds, kind);
    }
  }
}

export function describeTotals({ finds, exits, ...numbers }: Totals): readonly string[] {
  const { inProcess, byProcess, biggestKb, calledOff, longestCallMs, longestMs } = numbers;
  return [
    `${inProcess} inputs in process, ${byProcess} by process (biggest ${Math.round(biggestKb / 1024)} MB, migration-compat aside)`,
    `${calledOff} called off by a signal, ended after at most ${Math.round(longestCallMs)} ms; longest run ${(longestMs / 1000).toFixed(1)} s`,
    `exit codes: ${Object.entries(exits)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${what}: ${times}`)
      .join(', ')}`,
    ...promises.map(([promise, kinds]) => `${promise}: ${sum(kinds.map((kind) => finds[kind] ?? 0))}`),
  ];
}

/** @returns the file's totals, this run included */
export async function appendTotals(file: string, totals: Totals): Promise<Totals> {
  await appendFile(file, `${JSON.stringify(totals)}\n`);
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Totals).reduce(addTotals, nothing());
}

function addTotals(a: Totals, b: Totals): Totals {
  return {
    inProcess: a.inProcess + b.inProcess,
    byProcess: a.byProcess + b.byProcess,
    calledOff: a.calledOff + b.calledOff,
    longestMs: Math.max(a.longestMs, b.longestMs),
    longestCallMs: Math.max(a.longestCallMs, b.longestCallMs),
    biggestKb: Math.max(a.biggestKb, b.biggestKb),
    exits: addedCounts(a.exits, b.exits),
    finds: addedCounts(a.finds, b.finds),
  };
}

function addedCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const counts = { ...a };
  for (const [what, times] of Object.entries(b)) {
    counts[what] = (counts[what] ?? 0) + times;
  }
  return counts;
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((so, number) => so + number, 0);
}

/** Says how to reproduce it. */
export function describeFinding(seed: number, { number, input, ended }: Trial, { kind, detail }: InputFinding): string {
  const how = ended.peakKb === undefined ? 'in process' : 'by process';
  return `[FAIL] ${kind}, ${input.command} ${how}: ${JSON.stringify(detail).slice(0, 400)}; again: npm run soak -- inputs --seed ${seed} --only ${number}`;
}
