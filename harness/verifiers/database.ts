import type { VerifierEnvironment } from '../config.ts';
import { AuditLog } from '../contract/audit-log.ts';
import { passwordsOf, postgresProblem } from '../contract/postgres/target.ts';
import { Secret } from '../contract/secret.ts';
import { systemRoots } from '../http/system-roots.ts';

/** What is made of DATABASE_URL. Reading it as Postgres' own clients do takes much code: it is loaded where the variable is set. */

export function databaseProblem(url: string): string | undefined {
  return postgresProblem('DATABASE_URL', url);
}

/** The backplane's database, with the roots that `sslrootcert=system` means. */
export function auditLogOf(url: string, { network }: Pick<VerifierEnvironment, 'network'>): AuditLog {
  return new AuditLog(new Secret(url), {
    systemRoots: systemRoots({ ...network.roots, curlCaBundle: undefined }, 'openssl'),
  });
}

/** What of a database URL must not be shown: the whole, each password in it as written and as meant, and those it leads to. */
export function secretsOfUrl(text: string): readonly string[] {
  const login = /:\/\/[^:/@]*:([^@]*)@/.exec(text)?.[1];
  const named = Array.from(text.matchAll(/[?&](?:password|sslpassword)=([^&#]*)/g), ([, value = '']) => value);
  const written = [...(login === undefined ? [] : [login]), ...named].filter((password) => password !== '');
  return [
    text,
    ...written.flatMap((password) => [password, decoded(password), decoded(password.replaceAll('+', ' '))]),
    ...passwordsOf(text),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
