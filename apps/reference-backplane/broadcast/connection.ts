import { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 1_000;
const LONGEST_RECONNECT_DELAY_MS = 1_000;

/** Reconnects for ever. Commands fail at once meanwhile: a request must not wait for a broker. */
export function connect(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: COMMAND_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_DELAY_MS),
  });
}
