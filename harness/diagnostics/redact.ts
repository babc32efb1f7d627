import { KnownSecrets } from './known-secrets.ts';
import { withoutPrivateKeys } from './private-keys.ts';
import { withoutNamedInLines } from './redact-lines.ts';
import { parsedJson, written } from './redact-object.ts';
import { shapes } from './secret-shapes.ts';

/**
 * Takes secrets out of text before it goes into an artefact: the values that a run knows to be secret, what stands under
 * a name that tells of one, and what has the shape of one. What was taken out leaves a mark, so that a reader sees that
 * something was there.
 */
export type Redactor = (text: string) => string;

/**
 * @param secrets values that are secret whatever they look like; short ones (under 6 characters) are left out, since
 *   they would tear ordinary words apart
 */
export function redactor(secrets: readonly string[] = []): Redactor {
  const known = new KnownSecrets(secrets, { shortest: 6 });
  return (text) => {
    const hidden = withoutPrivateKeys(known.hide(text, '[redacted]'));
    const parsed = parsedJson(hidden);
    const named = parsed === undefined ? withoutNamedInLines(hidden) : written(parsed, hidden);
    return shapes.reduce((so, [pattern, replacement]) => so.replace(pattern, replacement), named);
  };
}
