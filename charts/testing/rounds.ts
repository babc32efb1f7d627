/** Sets one field of the minimal values; null removes it. */
export interface Change {
  /** JSON pointer; `/0` is a list's only element. */
  readonly pointer: string;
  readonly value: unknown;
}

/** Groups changes so that none touches another's field. */
export function roundsOf<T extends Change>(changes: readonly T[]): readonly (readonly T[])[] {
  const rounds: T[][] = [];
  for (const change of changes) {
    const round = rounds.find((candidates) => candidates.every((other) => !overlap(other.pointer, change.pointer)));
    if (round === undefined) {
      rounds.push([change]);
    } else {
      round.push(change);
    }
  }
  return rounds;
}

const overlap = (one: string, other: string) => `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
