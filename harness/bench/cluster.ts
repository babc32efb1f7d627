import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { K3sContainer } from '@testcontainers/k3s';
import { K3sCluster } from '../clusters/k3s.ts';
import type { Bench, BenchContext } from './bench.ts';

/** Design: node Ready, DNS answering, policy engine enforcing. */
const barMs = 25_000;

/** The baseline node has neither DNS nor policy engine. */
export const cluster: Bench = {
  title: 'a cluster by itself, beside a bare node',
  async measure(context) {
    const inTheRun = phase(context, 'cluster');
    const bareMs = await bareNode(context);
    const aloneMs = await usableCluster(context);
    const baseline = { name: 'the same node without DNS and policy engine, once it says it is ready', tookMs: bareMs };
    return [
      { what: 'cluster usable, Postgres, Valkey, Vault and OpenID starting beside it', tookMs: inTheRun, barMs },
      { what: 'cluster usable, by itself', tookMs: aloneMs, barMs, baseline },
    ];
  },
};

async function usableCluster({ environment, progress, signal }: BenchContext): Promise<number> {
  const { image, request } = environment;
  const { cacheFolder } = request.settings;
  const provider = new K3sCluster({
    node: image('node'),
    agnhost: image('agnhost'),
    labels: request.labels,
    engine: await ensureEngine({ progress, signal }),
    cacheFolder,
  });
  const started = performance.now();
  await using _ = await provider.start({ progress, signal, images: [] });
  return performance.now() - started;
}

async function bareNode({ environment, signal }: BenchContext): Promise<number> {
  signal.throwIfAborted();
  const started = performance.now();
  const node = await new K3sContainer(environment.image('node').reference)
    .withLabels({ ...environment.request.labels })
    .withCommand(['server', '--disable=traefik', '--disable=coredns', '--disable-network-policy'])
    .start();
  const tookMs = performance.now() - started;
  await node.stop({ timeout: 0, removeVolumes: true });
  return tookMs;
}

function phase({ timeline }: BenchContext, title: string): number {
  const found = timeline.phases.find((candidate) => candidate.title === title);
  if (found === undefined) {
    throw new Error(`no phase ${title} was measured`);
  }
  return found.durationMs;
}
