import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedValkey, startValkey } from './valkey.ts';

let things: RealDependencies;
let network: ContainerNetwork;
let valkey: StartedValkey;

beforeAll(async () => {
  things = await realDependencies('valkey');
  network = await createNetwork(things.labels);
  valkey = await startValkey({ image: things.image('valkey'), labels: things.labels, network, signal: things.signal });
}, 600_000);
afterAll(async () => {
  await valkey?.stop();
  await network?.remove();
  expect(await leftovers(things.labels)).toEqual([]);
});

async function ping(): Promise<string> {
  const client = new Redis(valkey.urlFromTests(), {
    lazyConnect: true,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.ping();
  } finally {
    client.disconnect();
  }
}

test('tells its version: Valkey 9', async () => {
  expect(valkey.version).toMatch(/^9\.\d+\.\d+/);
  expect(await ping()).toBe('PONG');
});

test('its URL for pods names its address on the network', () => {
  expect(valkey.urlFromPods()).toBe(`redis://${valkey.address}:6379/0`);
});

test.each(['stopped', 'silent'] as const)('%s as a fault: no answer while it lasts, answers after', async (kind) => {
  {
    await using _outage = await valkey.outage(kind);
    await expect(ping()).rejects.toThrow();
  }
  expect(await ping()).toBe('PONG');
});
