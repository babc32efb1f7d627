const SHUTDOWN_CODES = ['57P01', '57P02'];
const SOCKET_CODES = ['ECONNRESET', 'EPIPE'];

export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // The driver has no code for a connection closed by the peer.
  return [...SHUTDOWN_CODES, ...SOCKET_CODES].includes(code) || error.message === 'Connection terminated unexpectedly';
}
