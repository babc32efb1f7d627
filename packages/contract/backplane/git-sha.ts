/** Contract, install-verify check 4. */
const SHORTEST = 7;
/** SHA-256; SHA-1 has 40. */
const LONGEST = 64;

/** @returns 7 to 64 hexadecimal digits in lower case, without `sha-`; undefined for e.g. `unknown` */
export function gitSha(text: string): string | undefined {
  const digits = (text.startsWith('sha-') ? text.slice(4) : text).toLowerCase();
  return digits.length >= SHORTEST && digits.length <= LONGEST && /^[0-9a-f]+$/.test(digits) ? digits : undefined;
}

/** Whether one is a prefix of the other; false unless both are git shas. */
export function sameCommit(one: string, other: string): boolean {
  const [a, b] = [gitSha(one), gitSha(other)];
  return a !== undefined && b !== undefined && (a.startsWith(b) || b.startsWith(a));
}

const IN_QUOTES =
  'YAML takes digits alone, or with an e, for a number (0012345 is 5349, 0e12345 is 0): write the tag in quotes, or give it with --set-string';

/** Hint for a commit that YAML may have read as a number. */
export function numberHint(expectedGitSha: string): string | undefined {
  return /^\d+(e\d+)?$/.test((gitSha(expectedGitSha) ?? '').slice(0, SHORTEST)) ? IN_QUOTES : undefined;
}

/** Hint for a reported number, also as Helm prints one. */
export function reportedNumberHint(told: unknown): string | undefined {
  return typeof told === 'number' || (typeof told === 'string' && /^\d+(\.\d+)?(e\+\d+)?$/.test(told))
    ? `it was a commit until it was taken for a number: ${IN_QUOTES}`
    : undefined;
}
