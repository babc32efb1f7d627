import type { Result } from '@meho/contract/check';
import { ACCEPTABLE, type AcceptableId } from '@meho/contract/network-policy';
import { Invalid, repeated } from '@meho/core/command-line/flags';

/** Known gaps the user answers for, each with a reason. */
export type Acceptances = ReadonlyMap<AcceptableId, string>;

const published = Object.entries(ACCEPTABLE);

export const acceptFlags = {
  accept: repeated(
    'ID',
    `let this check's failure be a warning, where it is no more than that: ${published
      .map(([id, what]) => `${id} (${what})`)
      .join(' or ')}; each with a --because`,
    acceptableId,
  ),
  because: repeated(
    'TEXT',
    'why what --accept names is accepted, in the order of these; it stands in every report',
    reason,
  ),
};

function acceptableId(text: string): AcceptableId | Invalid {
  return published.some(([id]) => id === text)
    ? (text as AcceptableId)
    : new Invalid(`a check that can be accepted, ${published.map(([id]) => id).join(' or ')}`);
}

function reason(text: string): string | Invalid {
  return /[\p{L}\p{N}]/u.test(text) ? text.trim() : new Invalid('a reason in words');
}

/** Pairs --accept with --because; the unpaired go to `problems`. */
export function readAcceptances(
  { accept = [], because = [] }: { readonly accept?: readonly AcceptableId[]; readonly because?: readonly string[] },
  problems: string[],
): Acceptances {
  if (problems.some((problem) => /^--(accept|because)\b/.test(problem))) {
    // Reported already.
    return new Map();
  }
  const twice = accept.find((id, index) => accept.indexOf(id) !== index);
  if (twice !== undefined) {
    problems.push(`--accept ${twice}: expected once, it is given more than once`);
  }
  if (accept.length > because.length) {
    problems.push(`--accept ${accept[because.length]}: expected a --because TEXT with it, there is none`);
  }
  if (because.length > accept.length) {
    problems.push('--because: expected an --accept ID before it, there is none');
  }
  return new Map(accept.flatMap((id, index) => (because[index] === undefined ? [] : [[id, because[index]] as const])));
}

/** Returns the reason; undefined for another check or outcome, or more than the id covers. */
export function acceptanceReason({ check, verdict }: Result, known: Acceptances): string | undefined {
  const isKnown = verdict.outcome === 'violated' && verdict.acceptable === true;
  return isKnown ? [...known].find(([id]) => id === check.id)?.[1] : undefined;
}

/** Finds acceptances without a failure: they would hide a later one. */
export function unusedAcceptances(known: Acceptances, results: readonly Result[]): readonly string[] {
  return [...known.keys()].flatMap((id) => {
    const result = results.find(({ check }) => check.id === id);
    if (result === undefined || acceptanceReason(result, known) !== undefined) {
      return [];
    }
    return [`--accept ${id}: accepted nothing, ${becameOf(result)}`];
  });
}

function becameOf({ verdict }: Result): string {
  switch (verdict.outcome) {
    case 'holds':
      return 'the check holds: take the flag away';
    case 'violated':
      return 'what is wrong is more than that id says: see its line';
    case 'unknown':
      return 'the check could not look, which nobody can accept';
    case 'skipped':
      return 'the check was not made: take the flag away, or see its line';
  }
}
