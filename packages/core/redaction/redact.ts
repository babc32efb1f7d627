import { KnownSecrets } from './known-secrets.ts';
import { withoutPrivateKeys } from './private-keys.ts';
import { redactText } from './redact-text.ts';
import { withoutShapes } from './secret-shapes.ts';

/**
 * Redacts artefacts: known secrets, values under secret names, and secret shapes. A mark shows that something was
 * there.
 */
export type Redactor = (text: string) => string;

/** @param secrets any values; those under 6 characters are ignored, as they would tear ordinary words apart */
export function redactor(secrets: readonly string[] = []): Redactor {
  const known = new KnownSecrets(secrets, { shortest: 6 });
  return (text) => {
    const hidden = withoutPrivateKeys(plainNames(known.hide(text, '[redacted]')));
    return withoutShapes(redactText(hidden));
  };
}

/**
 * Writes `"pass\\u0077ord"` and `pass%77ord=` as what a parser makes of them, `password`: names are looked for in plain
 * characters. Letters and digits mean the same either way.
 */
function plainNames(text: string): string {
  const plain = text.includes('\\') ? text.replace(/\\{1,8}u00([3-7][0-9a-f])/gi, asWordCharacter) : text;
  return plain.includes('%')
    ? plain.replace(/(?<=[?&\s"']|^)[\w.-]{0,64}%[\w%.-]{1,128}(?==)/gm, (name) =>
        name.replace(/%([2-7][0-9a-f])/gi, asWordCharacter),
      )
    : plain;
}

function asWordCharacter(whole: string, code: string): string {
  const char = String.fromCharCode(Number.parseInt(code, 16));
  return /[\w-]/.test(char) ? char : whole;
}
