/** The server was stopped, or it ended, while a statement was under way. */
const SHUTDOWN_CODES = ['57P01', '57P02'];
const SOCKET_CODES = ['ECONNRESET', 'EPIPE'];

/** Whether a query failed because its connection was gone, and not because of what it asked. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // The driver has no code for a connection that the other end closed.
  return [...SHUTDOWN_CODES, ...SOCKET_CODES].includes(code) || error.message === 'Connection terminated unexpectedly';
}
