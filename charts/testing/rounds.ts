/** One field of the minimal values, given another value; null takes it away. */
export interface Change {
  /** JSON pointer; `/0` is the first element of a list, which then has no other. */
  readonly pointer: string;
  readonly value: unknown;
}

/** The changes in as few groups as it takes for none to touch what another one of its group does. */
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
