import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@meho/core/process/run';
import { createAuthority } from '@meho/core/testing/authority';
import { type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { ingressClasses, namespaces, pods, secrets, services } from '@meho/kube/api/resource';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startIngressController } from './ingress/controller.ts';
import { controllerName } from './ingress/skipper.ts';
import { K3sCluster } from './k3s.ts';
import { KubeconfigCluster } from './kubeconfig.ts';
import type { StartedCluster } from './provider.ts';
import { apiOf, providerContract } from './provider-contract.ts';

let things: RealDependencies;
let theirs: StartedCluster | undefined;
let folder: string | undefined;
afterAll(async () => {
  await theirs?.stop();
  if (folder !== undefined) {
    await rm(folder, { recursive: true });
  }
});

providerContract('kubeconfig', async () => {
  things = await realDependencies('node', 'agnhost');
  theirs = await new K3sCluster({
    ...things,
    node: things.image('node'),
    agnhost: things.image('agnhost'),
  }).start({ progress: things.progress, signal: things.signal, images: [] });
  folder = await mkdtemp(join(tmpdir(), 'meho-kubeconfig-'));
  const file = join(folder, 'config');
  await writeFile(file, theirs.kubeconfig, { mode: 0o600 });
  return {
    provider: new KubeconfigCluster({ file }),
    progress: things.progress,
    agnhost: things.image('agnhost'),
    another: await things.renamed('agnhost'),
    kubectl: await things.tool('kubectl'),
    nodePort: undefined,
    leftAfterStop: async () => [],
  };
});

test('starting and describing it creates nothing', async () => {
  if (theirs === undefined || folder === undefined) {
    throw new Error('the cluster was not started');
  }
  const api = await apiOf(theirs);
  const objects = async () => {
    const lists = await Promise.all([namespaces, secrets, services, pods].map((kind) => api.listMetadata(kind, {})));
    return lists.flatMap(({ items }) => items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`)).sort();
  };
  const before = (await objects()).filter((name) => !name.includes('meho-contract'));
  const provider = new KubeconfigCluster({ file: join(folder, 'config') });
  await using cluster = await provider.start({
    progress: things.progress,
    signal: AbortSignal.timeout(20_000),
    images: [],
  });
  await cluster.describe();
  expect((await objects()).filter((name) => !name.includes('meho-contract'))).toEqual(before);
});

test('credentials may come from an exec plugin, for us as for kubectl', async () => {
  const document = parse(theirs?.kubeconfig ?? '');
  const user = document.users[0].user;
  const plain = (member: string) => Buffer.from(user[member], 'base64').toString('utf8');
  const apiVersion = 'client.authentication.k8s.io/v1';
  const credential = join(folder ?? '', 'credential.json');
  const status = {
    clientCertificateData: plain('client-certificate-data'),
    clientKeyData: plain('client-key-data'),
  };
  await writeFile(credential, JSON.stringify({ apiVersion, kind: 'ExecCredential', status }), { mode: 0o600 });
  const exec = { apiVersion, command: 'cat', args: [credential], interactiveMode: 'Never' };
  const file = join(folder ?? '', 'with-plugin');
  await writeFile(file, stringify({ ...document, users: [{ name: document.users[0].name, user: { exec } }] }));
  const { progress, signal } = things;
  await using cluster = await new KubeconfigCluster({ file }).start({ progress, signal, images: [] });
  expect((await cluster.describe()).kubernetesVersion).toMatch(/^v1\./);
  await writeFile(file, cluster.kubeconfig);
  const args = ['--kubeconfig', file, 'get', 'namespace', 'kube-system', '--output', 'name'];
  const { stdout } = await run(await things.tool('kubectl'), args, { timeoutMs: 20_000 });
  expect(stdout.trim()).toBe('namespace/kube-system');
});

test('no ingress controller is put on it', async () => {
  const provider = new KubeconfigCluster({ file: join(folder ?? '', 'config') });
  const { progress, signal, labels } = things;
  await using cluster = await provider.start({ progress, signal, images: [] });
  const starting = startIngressController({
    cluster,
    image: things.image('agnhost'),
    authority: await createAuthority(),
    labels,
    nodePort: 30_443,
    progress,
    signal,
  });
  await expect(starting).rejects.toThrow(/on a managed cluster/);
  expect(await (await apiOf(cluster)).find(ingressClasses, undefined, controllerName)).toBeUndefined();
});
