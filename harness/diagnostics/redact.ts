/**
 * Takes secrets out of text before it goes into an artefact: the values that a run knows to be secret, and everything
 * that has the shape of one. What was taken out leaves a mark with its kind, so that a reader sees that something was
 * there.
 */
export type Redactor = (text: string) => string;

const shapes: readonly (readonly [kind: string, pattern: RegExp, replacement: string])[] = [
  ['private key', /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?-----END \1PRIVATE KEY-----/g, '[redacted private key]'],
  ['token', /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, '[redacted token]'],
  ['Vault token', /\bhv[sbr]\.[\w-]{20,}/g, '[redacted Vault token]'],
  ['password in a URL', /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, '$1:[redacted]@'],
  ['authorization header', /(\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+)[^\s"',]+/gi, '$1[redacted]'],
  [
    'password setting',
    /(\b(?:password|passwd|pgpassword|secret_id|client_secret)["']?\s*[:=]\s*["']?)[^\s"',}]+/gi,
    '$1[redacted]',
  ],
];

/**
 * @param secrets values that are secret whatever they look like; short ones (under 6 characters) are left out, since
 *   they would tear ordinary words apart
 */
export function redactor(secrets: readonly string[] = []): Redactor {
  const known = secrets
    .filter((secret) => secret.length >= 6)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ])
    .toSorted((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) {
      clean = clean.replaceAll(secret, '[redacted]');
    }
    for (const [, pattern, replacement] of shapes) {
      clean = clean.replace(pattern, replacement);
    }
    return clean;
  };
}
