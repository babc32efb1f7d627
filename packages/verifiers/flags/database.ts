import { AuditLog } from '@meho/contract/audit-log/audit-log';
import { passwordsOf, postgresProblem } from '@meho/contract/postgres/target';
import { Secret } from '@meho/contract/token/secret';
import type { VerifierEnvironment } from '@meho/core/config';
import { systemRoots } from '@meho/core/http/system-roots';

/** Loaded only for DATABASE_URL: reading it as Postgres' clients do takes much code. */

export function databaseProblem(url: string): string | undefined {
  return postgresProblem('DATABASE_URL', url);
}

/** Uses the roots that `sslrootcert=system` means. */
export function auditLogOf(url: string, { network }: Pick<VerifierEnvironment, 'network'>): AuditLog {
  return new AuditLog(new Secret(url), {
    systemRoots: systemRoots({ ...network.roots, curlCaBundle: undefined }, 'openssl'),
  });
}

/** What must not leak: the URL, its passwords (escaped and decoded), and secrets they lead to. */
export function secretsOfUrl(text: string): readonly string[] {
  const login = /:\/\/[^:/@]*:([^@]*)@/.exec(text)?.[1];
  const named = Array.from(text.matchAll(/[?&](?:password|sslpassword)=([^&#]*)/g), ([, value = '']) => value);
  const written = [...(login === undefined ? [] : [login]), ...named].filter((password) => password !== '');
  return [
    text,
    ...written.flatMap((password) => [password, decodePart(password), decodePart(password.replaceAll('+', ' '))]),
    ...passwordsOf(text),
  ];
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
