import { once } from 'node:events';
import http2 from 'node:http2';
import tls from 'node:tls';
import { exchange, type HttpAnswer } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';
import { type Authority, createAuthority } from '@meho/core/testing/authority';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { ingressClasses, ingresses, namespaces, secrets } from '@meho/kube/api/resource';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ContractNamespace, contractNamespace } from '../contract-namespace.ts';
import { ingressNodePort, K3sCluster } from '../k3s.ts';
import type { StartedCluster } from '../provider.ts';
import { apiOf } from '../provider-contract.ts';
import { type IngressControllerOptions, type StartedIngressController, startIngressController } from './controller.ts';
import { controllerName, controllerNamespace } from './skipper.ts';
import { tlsSecret } from './tls-secret.ts';

let things: RealDependencies;
let cluster: StartedCluster;
let authority: Authority;
let ingress: StartedIngressController;

beforeAll(async () => {
  things = await realDependencies('node', 'agnhost', 'skipper', 'backplane');
  const { progress, signal } = things;
  authority = await createAuthority();
  cluster = await new K3sCluster({ ...things, node: things.image('node'), agnhost: things.image('agnhost') }).start({
    progress,
    signal,
    images: [things.image('skipper'), things.image('backplane')],
  });
}, 600_000);
afterAll(async () => {
  await ingress?.stop();
  await cluster?.stop();
  expect(await leftovers(things.labels)).toEqual([]);
});

function start(changes: Partial<IngressControllerOptions> = {}): Promise<StartedIngressController> {
  return startIngressController({
    ...things,
    cluster,
    image: things.image('skipper'),
    authority,
    nodePort: ingressNodePort,
    ...changes,
  });
}

test('that it does not come up is told with the reason its pod gives, and nothing of it is left', async () => {
  const image = { ...things.image('skipper'), reference: 'registry.invalid/skipper:none' };
  const error: unknown = await start({ image, rolloutDeadlineMs: 10_000 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  expect(String(error)).toMatch(/expected the ingress controller to answer.*ErrImagePull|ImagePullBackOff/s);
  const api = await apiOf(cluster);
  await waitFor(
    'what was created for it to be gone',
    async () => {
      const found = await Promise.all([
        api.find(ingressClasses, undefined, controllerName),
        api.find(namespaces, undefined, controllerNamespace),
      ]);
      return found.every((object) => object === undefined) ? holds(undefined) : notYet('some of it is there');
    },
    { deadlineMs: 60_000 },
  );
});

test('comes up under the restricted level and answers', async () => {
  ingress = await start();
});

function get(host: string, trusted: Authority = authority): Promise<HttpAnswer> {
  const url = new URL(`https://${host}/hostname`);
  return exchange({ url, connectTo: ingress.address, tls: { ca: [trusted.certificatePem] }, deadlineMs: 3_000 });
}

async function publish(namespace: ContractNamespace, name: string, host: string): Promise<void> {
  const api = await apiOf(cluster);
  await namespace.expose(name, undefined);
  const certificate = await authority.issue({ dnsNames: [host] });
  const { type = '', stringData = {} } = tlsSecret({ name, namespace: namespace.name }, certificate);
  await api.create(secrets, namespace.name, { metadata: { name }, type, stringData });
  const backend = { service: { name, port: { number: 80 } } };
  await api.create(ingresses, namespace.name, {
    metadata: { name },
    spec: {
      tls: [{ hosts: [host], secretName: name }],
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  });
}

function answers(host: string): Promise<string> {
  return waitFor(
    'the Ingress to lead to its pod',
    async () => {
      const { status, body } = await get(host);
      return status === 200 ? holds(body) : notYet(`${status}: ${body}`);
    },
    { deadlineMs: 15_000 },
  );
}

test('leads a host to its Service, with the certificate of the Secret that the Ingress names', async () => {
  const api = await apiOf(cluster);
  const host = 'meho.example.com';
  await using namespace = await contractNamespace(api);
  await namespace.serve('backend', things.image('agnhost'));
  await publish(namespace, 'backend', host);
  expect(await answers(host)).toBe('backend');
  await expect(get(host, await createAuthority())).rejects.toThrow(/not trusted/);
  const { spec } = await api.get(ingresses, namespace.name, 'backend');
  expect(spec?.ingressClassName, 'the default class').toBe(ingress.className);
});

test('a strict client gets its answer over HTTP/2, whatever headers of HTTP/1 the backend sends', async () => {
  const host = 'http2.example.com';
  await using namespace = await contractNamespace(await apiOf(cluster));
  const backend = `require('node:http').createServer((_, response) => response.writeHead(200,
    { 'keep-alive': 'timeout=72', 'proxy-connection': 'keep-alive', 'x-from': 'the backend' }).end('ok')).listen(8080)`;
  await namespace.serve('old-fashioned', things.image('backplane'), ['node', '-e', backend]);
  await publish(namespace, 'old-fashioned', host);
  expect(await answers(host)).toBe('ok');
  const headers = await overHttp2(host);
  expect(headers).toMatchObject({ ':status': 200, 'x-from': 'the backend' });
});

/** Node's HTTP/2 client, like curl's, ends a stream with a forbidden header. */
async function overHttp2(host: string): Promise<http2.IncomingHttpHeaders> {
  const { host: address, port } = ingress.address;
  const socket = tls.connect({
    host: address,
    port,
    servername: host,
    ca: [authority.certificatePem],
    ALPNProtocols: ['h2'],
  });
  const session = http2.connect(`https://${host}`, { createConnection: () => socket });
  try {
    const request = session.request({ ':path': '/', ':authority': host });
    const [headers] = (await once(request, 'response', { signal: AbortSignal.timeout(5_000) })) as [
      http2.IncomingHttpHeaders,
    ];
    return headers;
  } finally {
    session.destroy();
  }
}

test('a host whose certificate is missing is refused by a client that checks names', async () => {
  await expect(get('without-certificate.example.com')).rejects.toThrow(/not for without-certificate/);
});

test('its log can be read', async () => {
  expect(await ingress.log(50)).toMatch(/Listen on :9443|route settings/);
});
