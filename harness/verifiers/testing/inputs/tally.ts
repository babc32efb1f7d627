import type { Find } from './look.ts';
import type { Trial } from './try-inputs.ts';

/** What came of many inputs. */
export class Tally {
  finds = 0;
  longestMs = 0;
  #tried = { inProcess: 0, byProcess: 0 };
  #biggestKb = 0;
  #calledOff = 0;
  #longestCallMs = 0;
  readonly #exits = new Map<string, number>();
  readonly #kinds = new Map<string, number>();

  add({ input, ended, finds }: Trial): void {
    this.finds += finds.length;
    this.longestMs = Math.max(this.longestMs, ended.tookMs);
    this.#tried[ended.peakKb === undefined ? 'inProcess' : 'byProcess'] += 1;
    this.#biggestKb = Math.max(this.#biggestKb, ended.peakKb ?? 0);
    if (ended.endedAfterMs !== undefined) {
      this.#calledOff += 1;
      this.#longestCallMs = Math.max(this.#longestCallMs, ended.endedAfterMs);
    }
    count(this.#exits, `${input.command} ${ended.exitCode ?? 'none'}`);
    for (const { kind } of finds) {
      count(this.#kinds, `${kind} (${input.command})`);
    }
  }

  lines(): readonly string[] {
    const { inProcess, byProcess } = this.#tried;
    const told = (counts: ReadonlyMap<string, number>) =>
      [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${what}: ${times}`);
    return [
      `${inProcess} inputs in process, ${byProcess} by process (biggest ${Math.round(this.#biggestKb / 1024)} MB)`,
      `${this.#calledOff} called off by a signal, ended after at most ${Math.round(this.#longestCallMs)} ms`,
      `exit codes: ${told(this.#exits).join(', ')}`,
      this.finds === 0 ? 'nothing was found' : `found: ${told(this.#kinds).join(', ')}`,
    ];
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** One line that says what was found, and how to see it again. */
export function toldFind(seed: number, { number, input, ended }: Trial, { kind, detail }: Find): string {
  const how = ended.peakKb === undefined ? 'in process' : 'by process';
  return `[FAIL] ${kind}, ${input.command} ${how}: ${JSON.stringify(detail).slice(0, 400)}; again: npm run soak -- inputs --seed ${seed} --only ${number}`;
}
