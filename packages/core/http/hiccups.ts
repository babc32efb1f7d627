import { AsyncLocalStorage } from 'node:async_hooks';

export interface Hiccup {
  readonly whom: string;
  /** One per failed attempt, e.g. `said 429`. */
  readonly troubles: readonly string[];
  readonly isAnswered: boolean;
  /** A wait the server asked for that exceeded the deadline. */
  readonly refusedWaitMs?: number | undefined;
  readonly afterMs: number;
}

interface Seen {
  readonly hiccups: Hiccup[];
  readonly remarks: Set<string>;
}

const around = new AsyncLocalStorage<Seen>();

/** Retries, for the verdict's line. */
export class Hiccups {
  readonly #seen: Seen = { hiccups: [], remarks: new Set() };

  /** Records hiccups even if the work throws. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return around.run(this.#seen, work);
  }

  /** E.g. `the API server said 429 three times, answered after 4 s`. */
  get line(): string | undefined {
    const { hiccups, remarks } = this.#seen;
    const names = [...new Set(hiccups.map(({ whom }) => whom))];
    const lines = [...names.map((name) => lineOf(hiccups.filter(({ whom }) => whom === name))), ...remarks];
    return lines.length === 0 ? undefined : lines.join('; ');
  }
}

/** Records another remark about a server, once. */
export function recordRemark(remark: string): void {
  around.getStore()?.remarks.add(remark);
}

export function recordHiccup(hiccup: Hiccup): void {
  // The error of a single failure says it all.
  const isOne = hiccup.isAnswered || hiccup.refusedWaitMs !== undefined;
  if (hiccup.troubles.length > (isOne ? 0 : 1)) {
    around.getStore()?.hiccups.push(hiccup);
  }
}

function lineOf(hiccups: readonly Hiccup[]): string {
  const counts = new Map<string, number>();
  for (const trouble of hiccups.flatMap(({ troubles }) => troubles)) {
    counts.set(trouble, (counts.get(trouble) ?? 0) + 1);
  }
  const troubles = [...counts].map(([trouble, count]) => `${trouble} ${times(count)}`).join(' and ');
  const seconds = duration(Math.max(...hiccups.map(({ afterMs }) => afterMs)));
  const isAnswered = hiccups.every((hiccup) => hiccup.isAnswered);
  const refusedMs = Math.max(...hiccups.map(({ refusedWaitMs = 0 }) => refusedWaitMs));
  const wish = refusedMs > 0 ? ` and wants to be left alone for ${Math.ceil(refusedMs / 1000)} s` : '';
  return `${hiccups[0]?.whom} ${troubles}${wish}, ${isAnswered ? 'answered' : 'given up'} after ${seconds}`;
}

function times(count: number): string {
  return ['never', 'once', 'twice', 'three times'][count] ?? `${count} times`;
}

function duration(ms: number): string {
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
