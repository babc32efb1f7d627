import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../problem.ts';
import { left, type RealThings, realThings } from '../testing/real-things.ts';
import { K3sCluster } from './k3s.ts';
import { providerContract } from './provider-contract.ts';

const nodePort = 30_080;

providerContract('k3s', async () => {
  const things = await realThings('node', 'agnhost');
  return {
    provider: new K3sCluster({
      ...things,
      node: things.image('node'),
      agnhost: things.image('agnhost'),
      nodePorts: [nodePort],
    }),
    progress: things.progress,
    agnhost: things.image('agnhost'),
    another: await things.renamed('agnhost'),
    kubectl: await things.tool('kubectl'),
    nodePort,
    leftAfterStop: () => left(things.labels),
  };
});

describe('a start that fails', () => {
  let things: RealThings;
  beforeAll(async () => {
    things = await realThings('node', 'agnhost');
  }, 600_000);
  afterEach(async () => {
    expect(await left(things.labels)).toEqual([]);
  });

  const start = (serverArguments: readonly string[], signal: AbortSignal) =>
    new K3sCluster({
      ...things,
      node: things.image('node'),
      agnhost: things.image('agnhost'),
      serverArguments,
    }).start({ progress: things.progress, signal, images: [] });

  test('tells the end of the node log, and leaves nothing', async () => {
    const error: unknown = await start(['--no-such-flag'], things.signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect(String(error)).toContain('no-such-flag');
  });

  test.each([50, 800, 4_000, 9_000])('called off after %i ms, it leaves nothing', async (afterMs) => {
    const ctrlC = new AbortController();
    const starting = start([], ctrlC.signal);
    const timer = setTimeout(() => ctrlC.abort(new Error('called off')), afterMs);
    try {
      await expect(starting).rejects.toThrow('called off');
    } finally {
      clearTimeout(timer);
    }
  });
});
