import { serveUnrulyApi, type UnrulyApi } from '@meho/kube/testing/unruly-api-server';
import { describe, expect, test } from 'vitest';
import { runningImages } from './running-images.ts';
import { backendsFor } from './serving.ts';

const own = { 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': 'meho' };
const of = (component: string) => ({ ...own, 'app.kubernetes.io/component': component });

function deployment(name: string, labels: object = own) {
  return { metadata: { name, labels }, spec: { template: { spec: { containers: [{ name: 'backplane' }] } } } };
}

function pod(image: string, labels: object = own, port?: string) {
  const ports = port === undefined ? [] : [{ name: port, containerPort: 8000 }];
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'backplane', image, ports }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function service(selector: object | undefined, targetPort: string | number = 8000, labels: object = own) {
  return { metadata: { labels }, spec: { ports: [{ port: 80, targetPort }], ...(selector && { selector }) } };
}

function ingress(host: string, name: string, path = '/', pathType = 'Prefix') {
  const paths = [{ path, pathType, backend: { service: { name, port: { number: 80 } } } }];
  return { metadata: {}, spec: { rules: [{ host, http: { paths } }] } };
}

interface Namespace {
  readonly deployments?: Readonly<Record<string, object>>;
  readonly pods: Readonly<Record<string, object>>;
  readonly services?: Readonly<Record<string, object>>;
  readonly ingresses?: Readonly<Record<string, object>>;
  readonly forbidden?: string;
}

const two = { web: deployment('web'), worker: deployment('worker') };

async function running({ forbidden, ...kinds }: Namespace) {
  await using server = await serveUnrulyApi({
    isSelecting: true,
    trouble: ({ path }) => (forbidden !== undefined && path.endsWith(`/${forbidden}`) ? { status: 403 } : undefined),
  });
  fill(server, { deployments: two, ...kinds });
  const cluster = { api: server.api, namespace: 'meho', release: 'meho', rolloutDeadlineMs: 1000 };
  const { images, doubt } = await runningImages(cluster, 'meho.example.com', AbortSignal.timeout(5000));
  return { images: images.map(({ image, pods }) => `${image} in ${pods.join(', ')}`), doubt };
}

function fill(server: UnrulyApi, kinds: Omit<Namespace, 'forbidden'>) {
  const roots: Readonly<Record<string, string>> = {
    deployments: '/apis/apps/v1',
    ingresses: '/apis/networking.k8s.io/v1',
  };
  for (const [kind, objects] of Object.entries(kinds)) {
    for (const [name, object] of Object.entries<object>(objects)) {
      const { metadata } = object as { readonly metadata: object };
      const path = `${roots[kind] ?? '/api/v1'}/namespaces/meho/${kind}/${name}`;
      server.put(path, { ...object, metadata: { ...metadata, name } });
    }
  }
}

describe('of a release with a second Deployment, what gets the requests counts', () => {
  test('a worker that the Service does not select runs what it likes', async () => {
    const seen = await running({
      pods: { a: pod('meho:2', of('backplane')), b: pod('worker:7', of('worker')) },
      services: { meho: service({ 'app.kubernetes.io/component': 'backplane' }) },
    });
    expect(seen).toEqual({ images: ['meho:2 in a'], doubt: undefined });
  });

  test('a replica of another image that it selects is told apart, beside such a worker', async () => {
    const seen = await running({
      pods: {
        a: pod('meho:2', of('backplane')),
        b: pod('meho:1', of('backplane')),
        c: pod('worker:7', of('worker')),
      },
      services: { meho: service({ 'app.kubernetes.io/component': 'backplane' }) },
    });
    expect(seen).toEqual({ images: ['meho:1 in b', 'meho:2 in a'], doubt: undefined });
  });

  test('a pod that it selects counts also without the labels of the release', async () => {
    const seen = await running({
      pods: { a: pod('meho:2', { ...own, app: 'meho' }), b: pod('meho:1', { app: 'meho' }) },
      services: { meho: service({ app: 'meho' }) },
    });
    expect(seen.images).toHaveLength(2);
  });

  test('selectors without a component: a port by name leads to pods with that port alone', async () => {
    const pods = { a: pod('meho:2', own, 'http'), b: pod('worker:7', own) };
    expect(await running({ pods, services: { meho: service(own, 'http') } })).toEqual({
      images: ['meho:2 in a'],
      doubt: undefined,
    });
    expect((await running({ pods, services: { meho: service(own, 8000) } })).images).toHaveLength(2);
  });

  test('of two Services the one that an Ingress names for the host', async () => {
    const services = { canary: service({ track: 'canary' }), meho: service({ track: 'stable' }) };
    const pods = {
      a: pod('meho:2', { ...own, track: 'stable' }),
      b: pod('meho:3', { ...own, track: 'canary' }),
      c: pod('meho:4', { ...own, track: 'canary' }),
    };
    const ingresses = { one: ingress('meho.example.com', 'meho'), two: ingress('canary.example.com', 'canary') };
    expect(await running({ pods, services, ingresses })).toEqual({ images: ['meho:2 in a'], doubt: undefined });
    const both = { ...ingresses, three: ingress('meho.example.com', 'canary') };
    expect((await running({ pods, services, ingresses: both })).images).toHaveLength(3);
  });
});

describe('where it cannot be told', () => {
  test('two Services, and a pattern of the controller decides between them', async () => {
    const host = 'meho.example.com';
    const ingresses = { any: ingress(host, 'one'), some: ingress(host, 'two', '/v(.*)', 'ImplementationSpecific') };
    const seen = await running({ pods: tracked(['meho:2', 'meho:1'], ['meho:3']), services, ingresses });
    expect(seen.doubt).toMatch(/not told: an Ingress of the namespace routes it by a pattern that its controller/);
  });

  const services = { one: service({ track: 'one' }), two: service({ track: 'two' }) };
  const tracked = (one: readonly string[], other: readonly string[]) => ({
    ...Object.fromEntries(one.map((image, at) => [`a${at}`, pod(image, { ...own, track: 'one' })])),
    ...Object.fromEntries(other.map((image, at) => [`b${at}`, pod(image, { ...own, track: 'two' })])),
  });

  test('two Services whose pods are alike in each: whichever it is, its pods are', async () => {
    const seen = await running({ pods: tracked(['meho:2', 'meho:2'], ['meho:3']), services });
    expect(seen.images).toHaveLength(1);
  });

  test('two Services, and the pods of one differ', async () => {
    const seen = await running({ pods: tracked(['meho:2', 'meho:1'], ['meho:3']), services, forbidden: 'ingresses' });
    expect(seen.images).toHaveLength(3);
    expect(seen.doubt).toMatch(/^which of Services one, two serves meho.example.com is not told: .*403 Forbidden/);
  });

  test('two Services, and the pods of both differ: then those of the one in question do', async () => {
    const seen = await running({ pods: tracked(['meho:2', 'meho:1'], ['meho:3', 'meho:4']), services });
    expect(seen).toMatchObject({ doubt: undefined });
    expect(seen.images).toHaveLength(4);
  });

  test.for([
    ['no Service', {}],
    ['a Service without a selector', { meho: service(undefined) }],
  ] as const)('%s, and two Deployments', async ([, of]) => {
    const pods = { a: pod('meho:2'), b: pod('worker:7') };
    expect((await running({ pods, services: of })).doubt).toBeDefined();
    const one = { deployments: { meho: deployment('meho') }, pods, services: of };
    expect(await running(one)).toEqual({ images: ['meho:2 in a', 'worker:7 in b'], doubt: undefined });
  });
});

test('the rules of Ingresses that fit best name the Service', () => {
  const found = [
    ingress('meho.example.com', 'root'),
    ingress('meho.example.com', 'longer', '/version'),
    ingress('meho.example.com', 'elsewhere', '/versions'),
    ingress('*.example.com', 'wild', '/version'),
    ingress('', 'any', '/version'),
  ];
  const names = (host: string, path?: string) => backendsFor(found, host, path);
  expect(names('meho.example.com')).toEqual(['longer']);
  expect(names('MEHO.example.com', '/healthz')).toEqual(['root']);
  expect(names('other.example.com')).toEqual(['wild']);
  expect(names('a.b.example.com')).toEqual(['any']);
  expect(names('a.b.example.com', '/healthz')).toEqual([]);
});

describe('of several paths that match', () => {
  const on = (...[path, pathType]: readonly [path: string, pathType: string]) =>
    ingress('meho.example.com', `${pathType} ${path}`, path, pathType);
  const chosen = (found: readonly object[], path?: string) =>
    backendsFor(found as Parameters<typeof backendsFor>[0], 'meho.example.com', path);

  test.for([
    ['Exact comes before Prefix', [on('/version', 'Prefix'), on('/version', 'Exact')], ['Exact /version']],
    [
      'Exact comes before a Prefix that a slash makes longer',
      [on('/version/', 'Prefix'), on('/version', 'Exact')],
      ['Exact /version'],
    ],
    [
      'Exact comes before what the controller takes for a prefix',
      [on('/version', 'ImplementationSpecific'), on('/version', 'Exact')],
      ['Exact /version'],
    ],
    ['Exact with a slash at its end is another path', [on('/', 'Prefix'), on('/version/', 'Exact')], ['Prefix /']],
    [
      'a slash at the end makes a Prefix no longer: both',
      [on('/version', 'Prefix'), on('/version/', 'Prefix')],
      ['Prefix /version', 'Prefix /version/'],
    ],
    ['Prefix goes by whole elements', [on('/', 'Prefix'), on('/vers', 'Prefix')], ['Prefix /']],
    ['Prefix takes signs as they are', [on('/', 'Prefix'), on('/(.*)', 'Prefix')], ['Prefix /']],
    [
      'the longer Prefix, whatever Exact has other paths',
      [on('/', 'Exact'), on('/version', 'Prefix')],
      ['Prefix /version'],
    ],
    ['a pattern of the controller leaves it open', [on('/', 'Prefix'), on('/*', 'ImplementationSpecific')], undefined],
  ] as const)('%s', ([, found, names]) => {
    expect(chosen(found)).toEqual(names);
    expect(chosen(found.toReversed())?.toSorted()).toEqual(names?.toSorted());
  });

  test('a request with a slash at its end has the same elements', () => {
    expect(chosen([on('/', 'Prefix'), on('/version', 'Prefix')], '/version/')).toEqual(['Prefix /version']);
  });

  test('an exact host without a pattern is not left open by the wildcard beside it', () => {
    const wild = ingress('*.example.com', 'wild', '/.*', 'ImplementationSpecific');
    expect(chosen([wild, on('/', 'Prefix')])).toEqual(['Prefix /']);
  });

  test('a default backend gets what no rule takes, and a host without paths', () => {
    const defaultBackend = { service: { name: 'default' } };
    const fallback = { metadata: {}, spec: { defaultBackend } };
    expect(chosen([fallback])).toEqual(['default']);
    expect(chosen([fallback, ingress('', 'any')])).toEqual(['any']);
    expect(chosen([fallback, ingress('other.example.com', 'other')])).toEqual(['default']);
    const bare = { metadata: {}, spec: { defaultBackend, rules: [{ host: 'meho.example.com' }] } };
    expect(chosen([bare, ingress('', 'any')])).toEqual(['default']);
    expect(chosen([])).toEqual([]);
  });
});

describe('Deployments are asked for only where pods differ', () => {
  const behindOne = { services: { meho: service(own) }, forbidden: 'deployments' };

  test('pods that are alike in all containers need none', async () => {
    const seen = await running({ pods: { a: pod('meho:2'), b: pod('meho:2') }, ...behindOne });
    expect(seen).toEqual({ images: ['meho:2 in a, b'], doubt: undefined });
  });

  test('where pods differ and Deployments may not be read, nothing is taken for alike', async () => {
    await expect(running({ pods: { a: pod('meho:2'), b: pod('meho:1') }, ...behindOne })).rejects.toThrow(/403/);
  });

  test('images that two containers have exchanged are not alike', async () => {
    const exchanged = (backplane: string, helper: string) => ({
      ...pod(backplane),
      spec: {
        containers: [
          { name: 'backplane', image: backplane },
          { name: 'helper', image: helper },
        ],
      },
    });
    const { images } = await running({
      pods: { a: exchanged('x:1', 'y:1'), b: exchanged('y:1', 'x:1') },
      services: { meho: service(own) },
    });
    expect(images).toHaveLength(2);
  });
});
