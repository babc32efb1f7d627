import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { hostLacksCapabilities } from '../engine/bounding-set.ts';
import { ImageContainer } from './image-container.ts';
import { type RealDependencies, realDependencies } from './real-dependencies.ts';

let things: RealDependencies;

beforeAll(async () => {
  things = await realDependencies('postgres');
}, 1_800_000);

const sleeping = { Env: [], Entrypoint: ['sleep', '60'] };
const effective = (status: string) => BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
const status = ['cat', '/proc/self/status'];

/** Fails without the bounded runtime on a host that lacks a capability. */
test('privileged containers and privileged commands in containers start, with no more than the host has', async () => {
  const host = effective(await readFile('/proc/self/status', 'utf8'));
  await using privileged = await ImageContainer.start(things.engine, things.image('postgres'), things.labels, {
    ...sleeping,
    HostConfig: { Privileged: true },
  });
  const inside = effective((await privileged.exec(status)).output);
  await using ordinary = await ImageContainer.start(things.engine, things.image('postgres'), things.labels, sleeping);
  const outside = effective((await ordinary.exec(status)).output);
  const raised = effective((await ordinary.exec(status, { Privileged: true })).output);
  const sysAdmin = 1n << 21n;
  expect(inside & sysAdmin).toBe(sysAdmin);
  expect(outside & sysAdmin).toBe(0n);
  expect(raised).toBe(inside);
  if (things.engine.ours && (await hostLacksCapabilities())) {
    expect(inside & ~host).toBe(0n);
  }
});
