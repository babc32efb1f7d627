import { KnownSecrets } from './known-secrets.ts';
import { redactor } from './redact.ts';

const mark = '[redacted]';
const redact = redactor();
const secretWord = String.raw`[\w-]*(?:pass(?:w(?:or)?d|phrase)?|pwd|secret|token|credentials?|api[_-]?key|cookie)[\w-]*`;
/** What stands in sentences, `got token abc123def`, and text too long and uniform for a word or a path. */
const inProse: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [
    new RegExp(
      String.raw`\b((?:${secretWord}|bearer|basic|key)\s{1,4}["']?)(?=\S*\d)(?=\S*[A-Za-z])[^\s"',;|]{8,}`,
      'gi',
    ),
    `$1${mark}`,
  ],
  [/[\w+=~-]{36,}/g, mark],
  // The name of an account belongs to no line either.
  [/(:\/\/)[^\s/@]{1,256}@/g, `$1${mark}@`],
];

/**
 * Redacts a line that a program has printed for a person: stricter than for evidence, where digests and UIDs matter.
 * @param given what the program was given, of which nothing may come back
 */
export function redactMessage(line: string, given: readonly string[]): string {
  const clean = redact(new KnownSecrets(given, { shortest: 4 }).hide(line, mark));
  return inProse.reduce((so, [pattern, replacement]) => so.replace(pattern, replacement), clean);
}
