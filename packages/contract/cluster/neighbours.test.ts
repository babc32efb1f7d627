import { serveUnrulyApi } from '@meho/kube/testing/unruly-api-server';
import { describe, expect, test } from 'vitest';
import { runningImages } from './running-images.ts';

const host = 'meho.example.com';
const labels = (release: string) => ({ 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': release });

const pod = (name: string, release: string) => ({
  metadata: { name, labels: labels(release) },
  spec: { containers: [{ name: 'backplane', image: 'meho:1' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

const service = (name: string, release: string, selector: object = labels(release)) => ({
  metadata: { name, labels: labels(release) },
  spec: { ports: [{ port: 80, targetPort: 8000 }], selector },
});

const ingress = (name: string, to: string, namespace = 'meho') => {
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service: { name: to, port: { number: 80 } } } }];
  return { metadata: { name, namespace }, spec: { rules: [{ host, http: { paths } }] } };
};

interface Objects {
  readonly pods: readonly Named[];
  readonly services: readonly Named[];
  readonly ingresses?: readonly Named[];
}

type Named = { readonly metadata: { readonly name: string; readonly namespace?: string } };

/** As release `lab` of namespace `meho` is judged. */
async function seen(namespaces: Readonly<Record<string, Objects>>, isForbidden = false) {
  await using server = await serveUnrulyApi({
    isSelecting: true,
    trouble: ({ path }) => (isForbidden && path.endsWith('/v1/ingresses') ? { status: 403 } : undefined),
  });
  for (const [namespace, kinds] of Object.entries(namespaces)) {
    for (const [kind, objects] of Object.entries(kinds)) {
      const root = kind === 'ingresses' ? '/apis/networking.k8s.io/v1' : '/api/v1';
      for (const object of objects as readonly Named[]) {
        server.put(`${root}/namespaces/${namespace}/${kind}/${object.metadata.name}`, object);
      }
    }
  }
  const cluster = { api: server.api, namespace: 'meho', release: 'lab', rolloutDeadlineMs: 1000 };
  const { images, neighbour } = await runningImages(cluster, host, AbortSignal.timeout(5000));
  return { pods: images.flatMap((image) => image.pods), neighbour };
}

const pods = [pod('lab-1', 'lab'), pod('lab-2-1', 'lab-2')];
const services = [service('lab', 'lab'), service('lab-2', 'lab-2')];

describe('of two releases in one namespace', () => {
  test('each is seen behind its own host', async () => {
    const ingresses = [ingress('lab', 'lab')];
    expect(await seen({ meho: { pods, services, ingresses } })).toEqual({ pods: ['lab-1'], neighbour: undefined });
  });

  test('an Ingress that leads the host to the other’s Service shows the other, though its image is the same', async () => {
    const { neighbour } = await seen({ meho: { pods, services, ingresses: [ingress('lab', 'lab-2')] } });
    expect(neighbour).toEqual({ release: 'lab-2', namespace: 'meho', pods: ['lab-2-1'] });
  });

  test('a Service that selects the pods of both is told', async () => {
    const wide = [service('lab', 'lab', { 'app.kubernetes.io/name': 'meho' })];
    expect((await seen({ meho: { pods, services: wide } })).neighbour).toMatchObject({ release: 'lab-2' });
  });

  test('a canary of another name beside the release’s own Service is meant so', async () => {
    const ingresses = [ingress('lab', 'lab'), ingress('canary', 'lab-2')];
    expect((await seen({ meho: { pods, services, ingresses } })).neighbour).toBeUndefined();
  });
});

describe('of two releases of one name in two namespaces', () => {
  const own = { pods: [pod('lab-1', 'lab')], services: [service('lab', 'lab')] };
  const next = {
    pods: [pod('next-1', 'lab')],
    services: [service('lab', 'lab')],
    ingresses: [ingress('lab', 'lab', 'next')],
  };

  test('the host of the other is the other’s', async () => {
    expect((await seen({ meho: own, next })).neighbour).toEqual({
      release: 'lab',
      namespace: 'next',
      pods: ['next-1'],
    });
  });

  test('a host that an Ingress of its own names as well is its own', async () => {
    const named = { ...own, ingresses: [ingress('lab', 'lab')] };
    expect((await seen({ meho: named, next })).neighbour).toBeUndefined();
  });

  test('without the right to see other namespaces it is not known', async () => {
    expect((await seen({ meho: own, next }, true)).neighbour).toBeUndefined();
  });
});
