import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { consistently } from '@meho/core/wait/consistently';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { forwardPort } from '@meho/kube/workloads/port-forward';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealDependencies, realDependencies } from '../../testing/real-dependencies.ts';
import { imagesFolder, manifestsFolder, type NodeUnderTest, startNode, tarballOf } from './node-under-test.ts';

let things: RealDependencies;
let node: NodeUnderTest;
let agnhost: string;
let tarball: Buffer;

beforeAll(async () => {
  things = await realDependencies('node', 'agnhost');
  agnhost = things.image('agnhost').reference;
  [node, tarball] = await Promise.all([startNode(things, '--disable=traefik', '--node-name=spec'), tarballOf(things)]);
}, 600_000);
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

const pod = (name: string, args: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - {name: c, image: "${agnhost}", imagePullPolicy: Never, args: ${args}}
`;

const connect = (target: string, protocol = 'tcp') =>
  node.kubectl('exec', 'client', '--', '/agnhost', 'connect', target, '--timeout=1s', `--protocol=${protocol}`);

test('half a tarball is left alone, the whole one is imported while the node runs', async () => {
  const file = `${imagesFolder}/agnhost.tar`;
  await node.copy(tarball, '/var/tmp/whole.tar');
  await node.exec(['sh', '-c', `head -c ${Math.floor(tarball.length / 2)} /var/tmp/whole.tar > ${file}`]);
  await consistently(
    'half a tarball to be ignored',
    async () => ((await node.hasImage(agnhost)) ? 'imported' : undefined),
    {
      forMs: 2_000,
    },
  );
  expect(await node.log()).not.toContain('images not imported');
  await node.exec(['sh', '-c', `cat /var/tmp/whole.tar > ${file}`]);
  await node.imported(agnhost);
});

test('a tarball that is none is a line in the log, and the node goes on', async () => {
  await node.exec(['sh', '-c', `tar -cf ${imagesFolder}/bad.tar /etc/hostname`]);
  await waitFor(
    'the bad tarball to be named in the log',
    async () => ((await node.log()).includes('bad.tar') ? holds(undefined) : notYet('no line names it')),
    { deadlineMs: 10_000 },
  );
  expect(await node.mustKubectl('get', 'nodes', '-o', 'name')).toContain('node/spec');
});

test('manifests are applied when they appear, and again when they change', async () => {
  const widget = (colour: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: one, namespace: default}
spec: {colour: ${colour}}
`;
  for (const colour of ['green', 'blue']) {
    await node.copy(widget(colour), `${manifestsFolder}/widget.yaml`);
    await waitFor(
      `the widget to be ${colour}`,
      async () => {
        const { stdout, output } = await node.kubectl('get', 'widget', 'one', '-o', 'jsonpath={.spec.colour}');
        return stdout === colour ? holds(undefined) : notYet(output);
      },
      { deadlineMs: 20_000 },
    );
  }
});

test('pods reach each other by name; logs, exec, ephemeral containers and port-forward work', async () => {
  await node.imported(agnhost);
  await node.apply(`${pod('server', '[netexec, --http-port=8080, --udp-port=8081]')}---${pod('client', '[pause]')}---
apiVersion: v1
kind: Service
metadata: {name: server}
spec:
  selector: {app: server}
  ports:
    - {name: http, port: 80, targetPort: 8080}
    - {name: udp, port: 81, targetPort: 8081, protocol: UDP}
`);
  await Promise.all([node.podReady('server'), node.podReady('client')]);
  // Endpoint slices and kube-proxy follow a ready pod in no promised time.
  await waitFor(
    'the Service to lead to its pod',
    async () => {
      const { exitCode, output } = await connect('server.default.svc.cluster.local:80');
      return exitCode === 0 ? holds(undefined) : notYet(output);
    },
    { deadlineMs: 10_000 },
  );
  expect(await node.mustKubectl('logs', 'server')).toContain('Started HTTP server on port 8080');
  await node.mustKubectl(
    ...['debug', 'server', '--container=look', '--profile=general', `--image=${agnhost}`, '--image-pull-policy=Never'],
    ...['--', '/agnhost', 'connect', 'localhost:8080', '--timeout=2s'],
  );
  await waitFor(
    'the ephemeral container to have ended',
    async () => {
      const path = 'jsonpath={.status.ephemeralContainerStatuses[0].state}';
      const state = await node.mustKubectl('get', 'pod', 'server', '-o', path);
      return state.includes('"exitCode":0') ? holds(undefined) : notYet(state);
    },
    { deadlineMs: 30_000 },
  );
  const access = await accessOf(parseKubeconfig(node.container.getKubeConfig(), 'the node'), undefined, things.signal);
  await using forward = await forwardPort(new KubeApi(access), 'default', 'server', 8080);
  const answer = await fetch(`http://127.0.0.1:${forward.port}/hostname`, { headers: { connection: 'close' } });
  expect(await answer.text()).toBe('server');
});

test('NetworkPolicy is enforced: possible before, denied under it, possible after', async () => {
  const target = 'server.default.svc.cluster.local:80';
  expect(await connect(target)).toMatchObject({ exitCode: 0 });
  await node.apply(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nobody}
spec: {podSelector: {matchLabels: {app: server}}, policyTypes: [Ingress]}
`);
  await waitFor(
    'the connection to be denied',
    async () => ((await connect(target)).output.includes('TIMEOUT') ? holds(undefined) : notYet('still possible')),
    { deadlineMs: 10_000 },
  );
  await node.mustKubectl('delete', 'networkpolicy', 'nobody');
  await waitFor(
    'the connection to be possible again',
    async () => ((await connect(target)).exitCode === 0 ? holds(undefined) : notYet('still denied')),
    { deadlineMs: 10_000 },
  );
});

test('PodSecurity, ResourceQuota and NodeRestriction are in force', async () => {
  await node.mustKubectl('create', 'namespace', 'strict');
  await node.mustKubectl('label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted');
  const refused = await node.kubectl('-n', 'strict', 'run', 'bad', `--image=${agnhost}`);
  expect(refused.output).toContain('violates PodSecurity "restricted:latest"');
  await node.mustKubectl('create', 'namespace', 'full');
  await node.mustKubectl('-n', 'full', 'create', 'quota', 'none', '--hard=configmaps=0');
  const overQuota = await node.kubectl('-n', 'full', 'create', 'configmap', 'one-too-many');
  expect(overQuota.output).toContain('exceeded quota');
  const asKubelet = ['--kubeconfig=/etc/kube/kubelet.kubeconfig'];
  const label = 'node-restriction.kubernetes.io/mine=true';
  expect((await node.kubectl(...asKubelet, 'label', 'node', 'spec', label)).output).toContain(
    'is not allowed to modify',
  );
  expect((await node.kubectl(...asKubelet, 'get', 'secrets', '-A')).output).toContain('forbidden');
});

/** Rejects if the server can't be verified. */
async function statusFor(authority: string | undefined): Promise<number | undefined> {
  const url = parseKubeconfig(node.container.getKubeConfig(), 'the node').clusters[0]?.fields['server'];
  const request = https.get(`${url}/version`, authority === undefined ? {} : { ca: authority });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

test('nobody comes in without a certificate, and the server has one of the cluster', async () => {
  const { stdout: authority } = await node.exec(['cat', '/etc/kube/pki/ca.crt']);
  expect(await statusFor(authority)).toBe(401);
  await expect(statusFor(undefined)).rejects.toThrow(/self-signed certificate|unable to/);
});
