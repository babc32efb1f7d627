import { Problem } from '@meho/core/problem';
import { pods } from '@meho/kube/api/resource';
import { forwardPort } from '@meho/kube/workloads/port-forward';
import { Redis } from 'ioredis';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

/** Seed, "Broadcast subchart". */
const port = 6379;
const answerDeadlineMs = 10_000;

/**
 * Reads every stream entry of the release's Valkey: its id and fields as one text.
 *
 * @throws Problem unless one of its pods runs
 */
export async function broadcastEntries(
  { api, request }: Environment,
  { namespace }: InstallTarget,
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
  // Without a listener the client prints errors; the command throws them anyway.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    // The contract names no stream; a scan may repeat a key.
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
