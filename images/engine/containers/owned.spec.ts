import { Problem } from '@meho/core/problem';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leftovers, type RealDependencies, realDependencies } from '../../testing/real-dependencies.ts';
import { type ContainerNetwork, createNetwork } from './network.ts';
import { startOwned } from './owned.ts';

let things: RealDependencies;
let network: ContainerNetwork;
beforeAll(async () => {
  things = await realDependencies('postgres');
  network = await createNetwork(things.labels);
}, 600_000);
afterAll(async () => {
  await network?.remove();
  await network?.remove();
  expect(await leftovers(things.labels)).toEqual([]);
});

interface Variation {
  readonly password?: string;
  readonly saying?: string;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** It has a volume, and ends without a password. */
function start({ password, saying = 'ready to accept connections', deadlineMs = 30_000, signal }: Variation) {
  const container = new GenericContainer(things.image('postgres').reference)
    .withNetworkMode(network.name)
    .withEnvironment(password === undefined ? {} : { POSTGRES_PASSWORD: password })
    .withWaitStrategy(Wait.forLogMessage(saying));
  return startOwned({
    what: 'the container',
    container,
    begin: () => container.start(),
    labels: things.labels,
    deadlineMs,
    signal: signal ?? things.signal,
  });
}

async function containersLeft(): Promise<readonly string[]> {
  return (await leftovers(things.labels)).filter((name) => name.startsWith('container'));
}

test('a container that ends is told with the end of its log, and is removed', async () => {
  const error: unknown = await start({}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  expect(String(error)).toMatch(/expected the container to start.*POSTGRES_PASSWORD/s);
  expect(await containersLeft()).toEqual([]);
});

test('a container that never says what it should is given up at its deadline, and is removed', async () => {
  const starting = start({ password: 'x', saying: 'never said', deadlineMs: 1_500 });
  await expect(starting).rejects.toThrow(/it wasn't after 1.5 s/);
  expect(await containersLeft()).toEqual([]);
});

test.each([0, 5, 40, 150, 400, 900])('called off after %i ms, nothing of it is left', async (afterMs) => {
  const ctrlC = new AbortController();
  const timer = setTimeout(() => ctrlC.abort(new Error('called off')), afterMs);
  try {
    await expect(start({ password: 'x', saying: 'never said', signal: ctrlC.signal })).rejects.toThrow('called off');
  } finally {
    clearTimeout(timer);
  }
  expect(await containersLeft()).toEqual([]);
});

test('its volumes go with it', async () => {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const volumes = async () => new Set((await dockerode.listVolumes()).Volumes.map(({ Name }) => Name));
  const owned = await start({ password: 'x' });
  const { Mounts: mounts } = await dockerode.getContainer(owned.started.getId()).inspect();
  const [volume] = mounts.map(({ Name }) => Name ?? '');
  expect(await volumes()).toContain(volume);
  await owned.remove();
  await owned.remove();
  expect(await volumes()).not.toContain(volume);
});

test('a network is removed under containers that are still on it', async () => {
  const another = await createNetwork(things.labels);
  const container = new GenericContainer(things.image('postgres').reference)
    .withNetworkMode(another.name)
    .withEnvironment({ POSTGRES_PASSWORD: 'x' })
    .withWaitStrategy(Wait.forLogMessage('ready to accept connections'));
  await using _owned = await startOwned({
    what: 'the container',
    container,
    begin: () => container.start(),
    labels: things.labels,
    deadlineMs: 30_000,
    signal: things.signal,
  });
  await another.remove();
  expect(await leftovers(things.labels)).not.toContain(`network ${another.name}`);
});
