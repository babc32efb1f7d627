/** What every failure says, wherever it is shown. */
export interface Failure {
  readonly expected: string;
  readonly observed: string;
  /** Where to look first, of a check. */
  readonly hint?: string | undefined;
  /** What to do, of anything else. */
  readonly next?: string | undefined;
  /** Where to read more. */
  readonly page?: string | undefined;
  readonly evidence?: readonly string[] | undefined;
}

/** `expected …; seen …; page: …; look first: …`. Consumers read these words; a command to paste ends the line. */
export function failureLine(failure: Failure): string {
  return parts(failure).join('; ');
}

/** The same, a part in each line, and the evidence. */
export function failureLines(failure: Failure): readonly string[] {
  return [...parts(failure), ...(failure.evidence ?? [])];
}

function parts({ expected, observed, hint, next, page }: Failure): readonly string[] {
  return [
    `expected ${expected}`,
    `seen ${observed}`,
    ...(page === undefined ? [] : [`page: ${page}`]),
    ...(hint === undefined ? [] : [`look first: ${hint}`]),
    ...(next === undefined ? [] : [`next: ${next}`]),
  ];
}
