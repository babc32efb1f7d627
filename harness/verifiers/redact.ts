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

/** What of a database URL must not be shown: the whole, and the password as written and as meant. */
export function secretsOfUrl(text: string): readonly string[] {
  const password = URL.canParse(text) ? new URL(text).password : '';
  return password === '' ? [text] : [text, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
