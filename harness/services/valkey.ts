import { Redis } from 'ioredis';
import { holds, notYet, type Observation } from '../wait/wait-for.ts';
import { type Endpoint, type ServicePlace, StartedService } from './service.ts';
import { ServiceHandle } from './service-handle.ts';

/** Contract: the broadcast service speaks the Redis protocol on 6379 (seed, "Broadcast subchart"). */
const valkeyPort = 6379;
const deadlineMs = 30_000;

/**
 * Starts Valkey beside the cluster, without password and persistence, as the broadcast subchart runs it.
 *
 * @throws Problem with the end of the server's log; nothing is left behind then
 */
export async function startValkey(place: ServicePlace): Promise<StartedValkey> {
  return new StartedValkey(
    await StartedService.start<string>({
      ...place,
      what: 'valkey',
      port: valkeyPort,
      // Without a password a server only listens to others when it is told that this is meant.
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
  // Without a listener a refused connection is printed; the command's own error tells.
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

/** The version in INFO's answer: `valkey_version`, or `redis_version` where a server knows only that. */
export function versionOf(info: string): string | undefined {
  return (/^valkey_version:(\S+)/m.exec(info) ?? /^redis_version:(\S+)/m.exec(info))?.[1];
}
