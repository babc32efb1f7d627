import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractNamespace } from '../cluster/contract-namespace.ts';
import { ingressNodePort, K3sCluster } from '../cluster/k3s.ts';
import type { StartedCluster } from '../cluster/provider.ts';
import { apiOf } from '../cluster/provider-contract.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { ingressClasses, ingresses, namespaces, secrets } from '../kube/resource.ts';
import { Problem } from '../problem.ts';
import { left, type RealThings, realThings } from '../testing/real-things.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { type Authority, createAuthority } from './authority.ts';
import { type IngressControllerOptions, type StartedIngressController, startIngressController } from './controller.ts';
import { controllerName, controllerNamespace } from './skipper.ts';
import { tlsSecret } from './tls-secret.ts';

let things: RealThings;
let cluster: StartedCluster;
let authority: Authority;
let ingress: StartedIngressController;

beforeAll(async () => {
  things = await realThings('node', 'agnhost', 'skipper');
  const { progress, signal } = things;
  authority = await createAuthority();
  cluster = await new K3sCluster({ ...things, node: things.image('node'), agnhost: things.image('agnhost') }).start({
    progress,
    signal,
    images: [things.image('skipper')],
  });
}, 600_000);
afterAll(async () => {
  await ingress?.stop();
  await cluster?.stop();
  expect(await left(things.labels)).toEqual([]);
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

test('leads a host to its Service, with the certificate of the Secret that the Ingress names', async () => {
  const api = await apiOf(cluster);
  const host = 'meho.example.com';
  await using namespace = await contractNamespace(api);
  await namespace.serve('backend', things.image('agnhost'));
  await namespace.expose('backend', undefined);
  const certificate = await authority.issue({ dnsNames: [host] });
  const { type = '', stringData = {} } = tlsSecret({ name: 'backend-tls', namespace: namespace.name }, certificate);
  await api.create(secrets, namespace.name, { metadata: { name: 'backend-tls' }, type, stringData });
  const backend = { service: { name: 'backend', port: { number: 80 } } };
  await api.create(ingresses, namespace.name, {
    metadata: { name: 'backend' },
    spec: {
      tls: [{ hosts: [host], secretName: 'backend-tls' }],
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  });
  const answer = await waitFor(
    'the Ingress to lead to its pod',
    async () => {
      const { status, body } = await get(host);
      return status === 200 ? holds(body) : notYet(`${status}: ${body}`);
    },
    { deadlineMs: 15_000 },
  );
  expect(answer).toBe('backend');
  await expect(get(host, await createAuthority())).rejects.toThrow(/not trusted/);
  const { spec } = await api.get(ingresses, namespace.name, 'backend');
  expect(spec?.ingressClassName, 'the default class').toBe(ingress.className);
});

test('a host whose certificate is missing is refused by a client that checks names', async () => {
  await expect(get('without-certificate.example.com')).rejects.toThrow(/not for without-certificate/);
});

test('its log can be read', async () => {
  expect(await ingress.log(50)).toMatch(/Listen on :9443|route settings/);
});
