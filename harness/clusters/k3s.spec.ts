import { Problem } from '@meho/core/problem';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { K3sCluster, type K3sClusterOptions } from './k3s.ts';
import { apiOf, providerContract } from './provider-contract.ts';
import { waitForUsableCluster } from './usable-cluster.ts';

const nodePort = 30_080;

providerContract('k3s', async () => {
  const things = await realDependencies('node', 'agnhost');
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
    leftAfterStop: () => leftovers(things.labels),
  };
});

describe('a start that fails', () => {
  let things: RealDependencies;
  beforeAll(async () => {
    things = await realDependencies('node', 'agnhost');
  }, 600_000);
  afterEach(async () => {
    expect(await leftovers(things.labels)).toEqual([]);
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

describe('a node that lacks something', () => {
  let things: RealDependencies;
  beforeAll(async () => {
    things = await realDependencies('node', 'agnhost');
  }, 600_000);
  afterEach(async () => {
    expect(await leftovers(things.labels)).toEqual([]);
  });
  const cluster = (options: Partial<K3sClusterOptions>) =>
    new K3sCluster({ ...things, node: things.image('node'), agnhost: things.image('agnhost'), ...options });
  const start = () => ({ progress: things.progress, signal: things.signal, images: [] });
  /** DNS is missing here, so a longer wait doesn't help. */
  const looksDeadlineMs = 8_000;

  test('without DNS it is not called usable', async () => {
    const withoutDns = cluster({ serverArguments: ['--disable=coredns'], looksDeadlineMs });
    await expect(withoutDns.start(start())).rejects.toThrow(/cluster DNS/);
  });

  test('without a policy engine it says so, and the probe for one notices', async () => {
    await using started = await cluster({ disableNetworkPolicy: true }).start(start());
    expect((await started.describe()).policyEngine.kind).toBe('none');
    const { labels, signal } = things;
    const options = { agnhost: things.image('agnhost'), labels, signal, policyEnforced: true, looksDeadlineMs };
    await expect(waitForUsableCluster(await apiOf(started), options)).rejects.toThrow(/the policy engine to deny/);
  });

  test('an audit log that was asked for can be read', async () => {
    const policy = '/etc/rancher/k3s/audit-policy.yaml';
    const log = '/var/log/audit.log';
    await using started = await cluster({
      serverArguments: [
        `--kube-apiserver-arg=audit-policy-file=${policy}`,
        `--kube-apiserver-arg=audit-log-path=${log}`,
      ],
      files: [{ target: policy, content: 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n' }],
    }).start(start());
    expect(await started.nodeFile(log)).toContain('"meho-probe-');
  });
});
