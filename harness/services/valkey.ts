import { holds, notYet, type Observation } from '@meho/core/wait/wait-for';
import { Redis } from 'ioredis';
import { type Endpoint, type ServicePlace, StartedService } from './service.ts';
import { ServiceHandle } from './service-handle.ts';

/** Contract: Redis protocol on 6379 (seed, "Broadcast subchart"). */
const valkeyPort = 6379;
const deadlineMs = 30_000;

/**
 * No password or persistence, like the broadcast subchart.
 * @throws Problem with the end of the log, after removing everything
 */
export async function startValkey(place: ServicePlace): Promise<StartedValkey> {
  return new StartedValkey(
    await StartedService.start<string>({
      ...place,
      what: 'valkey',
      port: valkeyPort,
      // Without a password, protected mode refuses remote clients.
      command: ['valkey-server', '--protected-mode', 'no', '--save', '', '--appendonly', 'no'],
      deadlineMs,
      probe: pingAndVersion,
    }),
  );
}

export class StartedValkey extends ServiceHandle<string> {
  /** e.g. `9.0.1` */
  get version(): string {
    return this.service.answer;
  }

  urlFromPods(): string {
    return `redis://${this.service.address}:${valkeyPort}/0`;
  }

  urlFromTests(): string {
    const { host, port } = this.service.endpoint;
    return `redis://${host}:${port}/0`;
  }
}

async function pingAndVersion({ host, port }: Endpoint): Promise<Observation<string>> {
  const client = new Redis({
    host,
    port,
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // Without a listener, refused connections are printed; the command reports them.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const pong = await client.ping();
    if (pong !== 'PONG') {
      return notYet(`PING was answered with ${JSON.stringify(pong)}`);
    }
    const version = versionOf(await client.info('server'));
    return version === undefined ? notYet('INFO tells no version') : holds(version);
  } finally {
    client.disconnect();
  }
}

/** `valkey_version` of INFO, or `redis_version` on older servers. */
export function versionOf(info: string): string | undefined {
  return (/^valkey_version:(\S+)/m.exec(info) ?? /^redis_version:(\S+)/m.exec(info))?.[1];
}
