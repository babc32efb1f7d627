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
