/**
 * For where messages must not appear: they contain hosts, user names and statements. Names match the original's Python
 * clients (httpx, asyncpg, hvac).
 */
export function classOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'UnknownError';
  }
  if (error instanceof NamedError) {
    return error.name;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known =
    BY_CODE[code] ?? BY_MESSAGE[error.message] ?? (TLS_CODE.test(code) ? 'CertificateVerifyError' : undefined);
  if (known !== undefined) {
    return known;
  }
  if (/^[0-9A-Z]{5}$/.test(code)) {
    return `DatabaseError_${code}`;
  }
  // fetch wraps network errors.
  if (error.cause instanceof Error) {
    return classOf(error.cause);
  }
  return error.name === 'Error' || error.name === 'error' ? error.constructor.name : error.name;
}

/** For the log. Drivers put no secrets in messages. */
export function describe(error: unknown): { readonly error: string; readonly message: string } {
  return { error: classOf(error), message: messagesOf(error) };
}

function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause === undefined ? error.message : `${error.message} (${messagesOf(error.cause)})`;
}

/** `classOf` returns this name. */
export class NamedError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

const TLS_CODE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** Driver errors without a code. */
const BY_MESSAGE: Readonly<Record<string, string>> = {
  'Query read timeout': 'TimeoutError',
  'timeout exceeded when trying to connect': 'ConnectTimeout',
  'timeout expired': 'ConnectTimeout',
  'Connection terminated due to connection timeout': 'ConnectTimeout',
  'Connection terminated unexpectedly': 'ConnectionDoesNotExistError',
};

const BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'ConnectError',
  EHOSTUNREACH: 'ConnectError',
  ENETUNREACH: 'ConnectError',
  ENOTFOUND: 'ConnectError',
  EAI_AGAIN: 'ConnectError',
  ETIMEDOUT: 'ConnectTimeout',
  UND_ERR_CONNECT_TIMEOUT: 'ConnectTimeout',
  UND_ERR_HEADERS_TIMEOUT: 'ReadTimeout',
  UND_ERR_BODY_TIMEOUT: 'ReadTimeout',
  UND_ERR_SOCKET: 'ReadError',
  ECONNRESET: 'ReadError',
  EPIPE: 'WriteError',
  ERR_SSL_WRONG_VERSION_NUMBER: 'ConnectError',
  '28P01': 'InvalidPasswordError',
  '28000': 'InvalidAuthorizationSpecificationError',
  '3D000': 'InvalidCatalogNameError',
  '42501': 'InsufficientPrivilegeError',
  '42601': 'PostgresSyntaxError',
  '42703': 'UndefinedColumnError',
  '42701': 'DuplicateColumnError',
  '42P01': 'UndefinedTableError',
  '42P07': 'DuplicateTableError',
  '53300': 'TooManyConnectionsError',
  '55P03': 'LockNotAvailableError',
  '57014': 'QueryCanceledError',
  '57P01': 'AdminShutdownError',
  '57P03': 'CannotConnectNowError',
};
