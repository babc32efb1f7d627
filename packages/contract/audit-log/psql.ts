import type { AuditRowQuery } from './audit-log.ts';

export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Escapes all but printable ASCII, so that the literal is one line and safe on a terminal. */
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

/** psql knows neither SQLAlchemy's driver suffix nor asyncpg's `ssl`; the password stays in the variable. */
const PSQL = `psql "$(printf %s "$DATABASE_URL" | sed 's/^postgresql+[a-z0-9]*:/postgresql:/; s/\\([?&]\\)ssl=/\\1sslmode=/')"`;

/**
 * `psql -c` does not interpolate `-v` variables, hence literals.
 *
 * @param sub undefined shows the newest rows
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

export function psqlForColumns(): string {
  const statement = "SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_log'";
  return `${PSQL} -c ${shellWord(statement)}`;
}
