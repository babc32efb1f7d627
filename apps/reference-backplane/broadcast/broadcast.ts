import type { Redis } from 'ioredis';
import type { AuditEntry, AuditRow } from '../database/audit-log.ts';
import { NamedError } from '../error-class.ts';

const ACTIVITY_STREAM = 'meho:activity';
/** Approximate limit: streams are short-lived (seed, "Persistence: None"). */
const KEPT_ENTRIES = 10_000;

export interface Broadcast {
  /** @throws Error unless Valkey answers now */
  ping(): Promise<void>;
  /** Call once the audit row is committed. @throws Error unless Valkey accepts it now */
  publish(entry: AuditEntry, row: AuditRow): Promise<void>;
  close(): Promise<void>;
}

/** Connects in the background, so that the server listens first. */
export function openBroadcast(url: string): Broadcast {
  return new ValkeyBroadcast(url);
}

class ValkeyBroadcast implements Broadcast {
  private readonly loading: Promise<Redis>;
  /** A failing command only says that there is no connection. */
  private connectionError: Error | undefined;

  constructor(url: string) {
    this.loading = this.open(url);
  }

  async ping(): Promise<void> {
    await this.run((redis) => redis.ping());
  }

  async publish(entry: AuditEntry, row: AuditRow): Promise<void> {
    const fields = {
      audit_id: row.id,
      occurred_at: row.occurredAt.toISOString(),
      operator_sub: entry.operatorSub,
      tenant_id: entry.tenantId,
      method: entry.method,
      path: entry.path,
      status_code: String(entry.statusCode),
      request_id: entry.requestId,
    };
    await this.run((redis) =>
      redis.xadd(ACTIVITY_STREAM, 'MAXLEN', '~', KEPT_ENTRIES, '*', ...Object.entries(fields).flat()),
    );
  }

  async close(): Promise<void> {
    (await this.loading).disconnect();
  }

  private async open(url: string): Promise<Redis> {
    const { connect } = await import('./connection.ts');
    const redis = connect(url);
    redis.on('error', (error: Error) => {
      this.connectionError = error;
    });
    redis.on('ready', () => {
      this.connectionError = undefined;
    });
    return redis;
  }

  private async run(command: (redis: Redis) => Promise<unknown>): Promise<void> {
    const redis = await this.loading;
    if (redis.status !== 'ready') {
      throw this.connectionError ?? new NamedError('NotConnected', 'there is no connection yet');
    }
    try {
      await command(redis);
    } catch (error) {
      const isTimeout = error instanceof Error && error.message === 'Command timed out';
      throw isTimeout ? new NamedError('TimeoutError', error.message, { cause: error }) : error;
    }
  }
}
