import { messageOf } from '@meho/core/problem';
import { PostgresProtocolError } from '../postgres/message-guard.ts';
import { NoEncryption } from '../postgres/open-socket.ts';
import { NoHost } from '../postgres/session.ts';
import type { Lookup } from './audit-log.ts';

export type DatabaseFault = Extract<Lookup<object>, { kind: 'missing' | 'unknown' }>;

/** Repeats no text that could hold the password. */
export function databaseFault(error: unknown): DatabaseFault {
  if (error instanceof NoHost) {
    return {
      kind: 'unknown',
      observed: error.message,
      hint: 'check hosts, ports and target_session_attrs of DATABASE_URL, or run the verifier where one is reachable',
    };
  }
  if (error instanceof PostgresProtocolError) {
    return {
      kind: 'unknown',
      observed: error.message,
      hint: "check host and port of DATABASE_URL, and the server's pg_hba.conf",
    };
  }
  if (error instanceof NoEncryption) {
    return {
      kind: 'unknown',
      observed: error.message,
      hint: 'turn ssl on in the server, or check sslmode of DATABASE_URL',
    };
  }
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
    case 'NO_PASSWORD':
      return {
        kind: 'unknown',
        observed: 'the database asks for a password, and DATABASE_URL has none',
        hint: 'give it in DATABASE_URL, PGPASSWORD or a password file that only you may read',
      };
    case '3D000':
      return {
        kind: 'unknown',
        observed: 'there is no database of that name',
        hint: 'check the path of DATABASE_URL',
      };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        kind: 'unknown',
        observed: `the database's certificate is not to be trusted (${code})`,
        hint: 'name the authority that signed it in sslrootcert of DATABASE_URL, and a host that the certificate is for',
      };
    case 'ENOENT':
    case 'EACCES':
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
