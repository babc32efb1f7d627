import { K3sContainer } from '@testcontainers/k3s';
import { getContainerRuntimeClient } from 'testcontainers';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { leftovers, type RealDependencies, realDependencies } from '../../testing/real-dependencies.ts';
import { imagesFolder, runUntilExit, startNode, tarballOf, waitForNodeExit } from './node-under-test.ts';

let things: RealDependencies;
beforeAll(async () => {
  things = await realDependencies('node', 'agnhost');
}, 600_000);
afterEach(async () => {
  expect(await leftovers(things.labels)).toEqual([]);
});

test('a command line that cannot be followed is refused at once, with every problem', async () => {
  const { exitCode, output: log } = await runUntilExit(things, 'server', '--flannel-backend=none', '--disable=trafik');
  expect(exitCode).toBe(2);
  expect(log).toContain('unknown flag --flannel-backend; known are --cluster-cidr, --disable,');
  expect(log).toContain('--disable: unknown part "trafik"');
});

test.each([
  ['kube-scheduler', ['--disable-network-policy']],
  ['etcd', ['--disable-network-policy']],
  ['cilium-agent', []],
])('the end of %s is the end of the node', async (component, command) => {
  await using node = await startNode(things, ...command);
  await node.exec(['pkill', '-KILL', '-x', component.slice(0, 15)]);
  const { exitCode, output: log } = await waitForNodeExit(node.container.getId(), 10_000);
  expect(exitCode).toBe(1);
  expect(log).toContain(`the last lines of /var/log/kube/${component}.log:`);
  expect(log).toContain(`${component} ended (signal: killed)`);
});

test('a policy engine that lets everything pass keeps the node from calling itself ready', async () => {
  let log = '';
  const starting = new K3sContainer(things.image('node').reference)
    .withLabels({ ...things.labels })
    .withEnvironment({ CILIUM_ENABLE_POLICY: 'never' })
    .withLogConsumer((stream) =>
      stream.on('data', (chunk) => {
        log += String(chunk);
      }),
    )
    .start();
  await expect(starting).rejects.toThrow();
  expect(log).toContain('a pod under a policy without egress to be cut off; last seen: it still connects');
  expect(log).not.toContain('Node controller sync successful');
});

test('asked to stop it ends with 0 within 10 s, also with pods', async () => {
  await using node = await startNode(things, '--disable-network-policy');
  const begun = performance.now();
  const { container } = await getContainerRuntimeClient();
  await container.getById(node.container.getId()).stop({ t: 30 });
  const tookMs = performance.now() - begun;
  expect((await waitForNodeExit(node.container.getId(), 1_000)).exitCode).toBe(0);
  expect(tookMs).toBeLessThan(10_000);
});

test('without network policy a policy denies nothing, and ranges and names are as asked', async () => {
  const agnhost = things.image('agnhost').reference;
  await using node = await startNode(
    things,
    ...[
      '--disable-network-policy',
      '--node-name',
      'plain',
      '--cluster-cidr=10.44.0.0/16',
      '--service-cidr=10.96.0.0/16',
    ],
    ...['--tls-san=lab.example.com,other.example.com', '--kube-apiserver-arg=audit-log-path=/var/log/kube/audit.log'],
  );
  await node.copy(await tarballOf(things), `${imagesFolder}/agnhost.tar`);
  await node.imported(agnhost);
  await node.apply(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nobody}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - {name: c, image: "${agnhost}", imagePullPolicy: Never, args: [pause]}
`);
  await node.podReady('client');
  expect(await node.mustKubectl('get', 'pod', 'client', '-o', 'jsonpath={.status.podIP}')).toMatch(/^10\.44\.0\./);
  const dns = [
    'exec',
    'client',
    '--',
    '/agnhost',
    'connect',
    'kubernetes.default.svc.cluster.local:443',
    '--timeout=2s',
  ];
  expect(await node.kubectl(...dns)).toMatchObject({ exitCode: 0 });
  expect(await node.mustKubectl('-n', 'kube-system', 'get', 'service', 'kube-dns')).toContain('10.96.0.10');
  const names = await node.exec(['sh', '-c', 'grep -c . /var/log/kube/audit.log; ls /etc/rancher/k3s/k3s.yaml']);
  expect(names.exitCode).toBe(0);
  const asLab = await node.kubectl(
    '--server=https://127.0.0.1:6443',
    '--tls-server-name=lab.example.com',
    'get',
    'nodes',
  );
  expect(asLab.output).toContain('plain');
  const asStranger = await node.kubectl('--tls-server-name=stranger.example.com', 'get', 'nodes');
  expect(asStranger.output).toContain('certificate is valid for');
});

test('stopped and started again, the node knows what it knew, and who trusted it still may', async () => {
  await using node = await startNode(things);
  await node.mustKubectl('create', 'configmap', 'kept', '--from-literal=a=b');
  await node.container.restart({ timeout: 10_000 });
  expect(await node.mustKubectl('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).toBe('b');
});
