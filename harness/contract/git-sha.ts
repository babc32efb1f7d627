/** Shortest abbreviation that is taken as naming a commit (contract, install-verify check 4). */
const SHORTEST = 7;
/** A full SHA-256 object name; SHA-1's have 40. */
const LONGEST = 64;

/**
 * A git object name as deployments write it: an optional `sha-` in front, then 7 to 64 hexadecimal digits.
 *
 * @returns the digits in lower case, or undefined for anything else, e.g. an empty text or `unknown`
 */
export function gitSha(text: string): string | undefined {
  const digits = (text.startsWith('sha-') ? text.slice(4) : text).toLowerCase();
  return digits.length >= SHORTEST && digits.length <= LONGEST && /^[0-9a-f]+$/.test(digits) ? digits : undefined;
}

/** Whether two names are of the same commit: either is the beginning of the other. False where one is no git sha. */
export function sameCommit(one: string, other: string): boolean {
  const [a, b] = [gitSha(one), gitSha(other)];
  return a !== undefined && b !== undefined && (a.startsWith(b) || b.startsWith(a));
}

/** Where a commit, or a tag of its first digits, may have become a number: what to do about it. */
const IN_QUOTES =
  'YAML takes digits alone, or with an e, for a number (0012345 is 5349, 0e12345 is 0): write the tag in quotes, or give it with --set-string';

/** For a wrong answer where the commit begins like a number, so that a tag of its digits may have become another. */
export function numberHint(expectedGitSha: string): string | undefined {
  return /^\d+(e\d+)?$/.test((gitSha(expectedGitSha) ?? '').slice(0, SHORTEST)) ? IN_QUOTES : undefined;
}

/** For what is told in the place of a commit, where it is a number or looks like one that Helm has printed. */
export function toldNumberHint(told: unknown): string | undefined {
  return typeof told === 'number' || (typeof told === 'string' && /^\d+(\.\d+)?(e\+\d+)?$/.test(told))
    ? `it was a commit until it was taken for a number: ${IN_QUOTES}`
    : undefined;
}
