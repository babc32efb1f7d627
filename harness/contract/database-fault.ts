import { messageOf } from '../problem.ts';
import type { Found } from './audit-log.ts';

export type DatabaseFault = Extract<Found<object>, { kind: 'missing' | 'unknown' }>;

/** Whether the server refused encryption; what prefers it then goes on without. */
export function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && error.message === 'The server does not support SSL connections';
}

/** What a query's failure means, by Postgres' and Node's error codes. Repeats no text that could hold the password. */
export function databaseFault(error: unknown): DatabaseFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case '42P01':
      return {
        kind: 'missing',
        observed: 'the database has no table audit_log',
        hint: 'the migration did not run against this database, or DATABASE_URL is of another one',
      };
    case '42703':
      return {
        kind: 'missing',
        observed: 'audit_log lacks a column that the contract names',
        hint: 'the schema is not that of this backplane: look at the migration Job',
      };
    case '42501':
      return {
        kind: 'unknown',
        observed: 'the database user may not read audit_log',
        hint: 'GRANT SELECT ON audit_log to the user of DATABASE_URL',
      };
    case '28P01':
    case '28000':
      return {
        kind: 'unknown',
        observed: `the database refused the login (${code})`,
        hint: 'check user and password of DATABASE_URL',
      };
    case '3D000':
      return {
        kind: 'unknown',
        observed: 'there is no database of that name',
        hint: 'check the path of DATABASE_URL',
      };
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'ECONNRESET':
      return {
        kind: 'unknown',
        observed: `the database can't be reached from here (${code})`,
        hint: 'check host and port of DATABASE_URL, or run the verifier where the database is reachable',
      };
    default:
      return {
        kind: 'unknown',
        observed: `the query failed: ${messageOf(error)}`,
        hint: 'check DATABASE_URL with psql',
      };
  }
}
