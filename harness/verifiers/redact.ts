import { claimsOf } from '../contract/token-claims.ts';

/**
 * A function that makes any text fit for a line: known secrets are replaced, and what could break or colour the
 * terminal is written as an escape, so that no answer of a server can forge a line.
 */
export function lineSafe(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret.length > 2).sort((a, b) => b.length - a.length);
  return (text) => {
    const redacted = known.reduce((so, secret) => so.replaceAll(secret, '[secret]'), text);
    return redacted.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escaped);
  };
}

function escaped(char: string): string {
  return char === '\n' ? ' | ' : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/**
 * What of a bearer token must not be shown: the whole, the parts that hold its claims and identify it, and the name and
 * the mail address that it tells of the operator (contract, "What every verifier does").
 */
export function secretsOfToken(token: string): readonly string[] {
  const [, payload = '', signature = ''] = token.split('.');
  const { name, email, preferred_username: username } = claimsOf(token) ?? {};
  return [
    token,
    ...[payload, signature].filter((part) => part.length >= SHORTEST_PART),
    ...[email, username].filter((text) => typeof text === 'string').filter((text) => text.includes('@')),
    // A name of one word may as well be a word of the lines themselves, e.g. `meho`.
    ...[name].filter((text) => typeof text === 'string').filter((text) => /\S\s+\S/.test(text)),
  ];
}

/** Shorter ones could be a word of a line. */
const SHORTEST_PART = 16;
