import type { AuditRowQuery } from './audit-log.ts';

/** Quotes a text for a POSIX shell as one word in which nothing is expanded. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A text as an SQL string literal that stays one whatever it holds. Anything beyond printable ASCII is written as a
 * Unicode escape, so that the literal is one line and safe to show on a terminal.
 */
export function sqlLiteral(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('\\')) {
    return `'${text.replaceAll("'", "''")}'`;
  }
  const escaped = Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === "'") {
      return "''";
    }
    return char === '\\' || code < 0x20 || code > 0x7e ? `\\+${code.toString(16).padStart(6, '0')}` : char;
  });
  return `U&'${escaped.join('')}'`;
}

/** psql knows neither SQLAlchemy's driver suffix nor asyncpg's name for `sslmode`; the password stays in the variable and off the screen. */
const PSQL = `psql "$(printf %s "$DATABASE_URL" | sed 's/^postgresql+[a-z0-9]*:/postgresql:/; s/\\([?&]\\)ssl=/\\1sslmode=/')"`;

/**
 * The command that shows the audit row by hand. `psql -c` does not interpolate `-v` variables, so the values are
 * literals in the statement.
 *
 * @param sub the operator's, or undefined where it isn't known: the command then shows the newest rows
 */
export function psqlForAuditRow(sub: string | undefined, query: AuditRowQuery): string {
  const conditions = [
    ...(sub === undefined ? [] : [`operator_sub = ${sqlLiteral(sub)}`]),
    ...(query.method === undefined ? [] : [`method = ${sqlLiteral(query.method)}`]),
    ...(query.path === undefined ? [] : [`path = ${sqlLiteral(query.path)}`]),
    ...(query.statusCode === undefined ? [] : [`status_code = ${query.statusCode}`]),
    "occurred_at > now() - interval '1 minute'",
  ];
  const columns = 'occurred_at, operator_sub, method, path, status_code';
  const statement = `SELECT ${columns} FROM audit_log WHERE ${conditions.join(' AND ')} ORDER BY occurred_at DESC LIMIT 5`;
  return `${PSQL} -c ${shellWord(statement)}`;
}

/** The command that lists the columns of `audit_log` by hand. */
export function psqlForColumns(): string {
  const statement = "SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_log'";
  return `${PSQL} -c ${shellWord(statement)}`;
}
