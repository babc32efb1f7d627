import { Redis } from 'ioredis';
import { forwardPort } from '../kube/port-forward.ts';
import { pods } from '../kube/resource.ts';
import { Problem } from '../problem.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** Contract: the broadcast service speaks the Redis protocol on 6379 (seed, "Broadcast subchart"). */
const port = 6379;
const answerDeadlineMs = 10_000;

/**
 * What is on the streams of the release's own Valkey: every entry, with its id and its fields as one text.
 *
 * @throws Problem unless one of its pods runs
 */
export async function broadcastEntries(
  { api, request }: Environment,
  { namespace }: Site,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const labels = `app.kubernetes.io/name=broadcast,app.kubernetes.io/instance=${request.subject.release}`;
  const { items } = await api.list(pods, { namespace, labels }, { signal });
  const running = items.filter(
    ({ metadata, status }) => metadata?.deletionTimestamp === undefined && status?.phase === 'Running',
  );
  const name = running[0]?.metadata?.name;
  if (name === undefined || running.length > 1) {
    throw new Problem({
      expected: `one running pod of the broadcast in ${namespace}`,
      observed: `there are ${running.length}`,
      next: `kubectl -n ${namespace} get pods -l ${labels}`,
    });
  }
  await using forward = await forwardPort(api, namespace, name, port);
  const redis = new Redis({
    host: '127.0.0.1',
    port: forward.port,
    lazyConnect: true,
    connectTimeout: answerDeadlineMs,
    commandTimeout: answerDeadlineMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // Without a listener a connection that breaks is printed; the command's own error tells.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    // The contract doesn't name the stream. A scan may tell a key twice.
    const streams = new Set<string>();
    for await (const keys of redis.scanStream({ type: 'stream' })) {
      for (const key of keys as readonly string[]) {
        streams.add(key);
      }
    }
    const entries: string[] = [];
    for (const key of streams) {
      for (const [id, fields] of await redis.xrange(key, '-', '+')) {
        entries.push(`${key} ${id} ${fields.join(' ')}`);
      }
    }
    return entries;
  } finally {
    redis.disconnect();
  }
}
