import { isSecretName } from './secret-names.ts';

/** A password may contain `@` and `/`. What looks like a port is not a password. */
export function passwordsInUrl(text: string): readonly string[] {
  const password = /\/\/[^\s/?#:@]*:(?!\d{1,5}(?:[/?#]|$))(\S*)@/.exec(text)?.[1] ?? '';
  return password === '' ? [] : [password, decodePart(password)];
}

/** Returns a token given as the user name, as Git hosts accept it. */
function tokenInUrl(text: string): readonly string[] {
  const token = /\/\/([^\s/?#:@]{16,})@/.exec(text)?.[1];
  return token === undefined ? [] : [token, decodePart(token)];
}

/**
 * Finds secrets that a user passed as arguments by mistake: error messages quote what they refuse.
 *
 * @param args the command line
 */
export function secretsOfArguments(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, at) => {
    const [, flag = '', value] = /^(?:--?)?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const next = arg.startsWith('-') ? args[at + 1] : undefined;
    const named = isSecretName(flag) ? [value ?? (next?.startsWith('-') === true ? undefined : next)] : [];
    const inQuery = Array.from(arg.matchAll(/[?&]([\w.-]+)=([^&#\s]+)/g), ([, name = '', text = '']) =>
      isSecretName(name) ? [text, decodePart(text)] : [],
    );
    return [
      ...passwordsInUrl(arg),
      ...tokenInUrl(arg),
      ...inQuery.flat(),
      ...named.filter((each) => each !== undefined),
    ];
  });
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
