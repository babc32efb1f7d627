import { fitForField, safeLine } from '../report/safe-text.ts';
import { KnownSecrets } from './known-secrets.ts';

/**
 * Replaces known secrets and escapes control characters and runner commands, so that no server's answer can forge a
 * line of output.
 *
 * @param secrets a fixed list, or a collection that may still grow
 */
export function lineSafe(secrets: readonly string[] | KnownSecrets): (text: string) => string {
  const known = secrets instanceof KnownSecrets ? secrets : new KnownSecrets(secrets);
  return (text) => safeLine(known.hide(text, '[secret]'));
}

/** Unlike `lineSafe`, leaves escaping runner commands to the output. */
export function fieldSafe(known: KnownSecrets): (text: string) => string {
  return (text) => fitForField(known.hide(text, '[secret]'));
}
