import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import path from 'node:path';
import { type Authority, STUB_SHA } from '@meho/contract/testing/stub-backplane';
import { type LocalServer, serveHttps } from '@meho/core/http/testing/local-server';
import { listKindOf } from '@meho/kube/testing/list-kind';

/** A release that holds, unless something of it is said to be otherwise. */
export interface StandInRelease {
  readonly namespace: string;
  readonly release: string;
  readonly host: string;
  readonly gitSha?: string;
  readonly ready?: number;
  readonly resourceVersion?: string;
}

export const FLEET_DOMAIN = 'fleet.example.com';

export function standInReleases(cluster: string, count: number): StandInRelease[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(3, '0');
    return { namespace: `meho-${number}`, release: 'meho', host: `${cluster}-${number}.${FLEET_DOMAIN}` };
  });
}

export interface StandInCluster extends LocalServer {
  /** May change while it serves: a removed one is gone, its namespace too. */
  readonly releases: StandInRelease[];
  readonly requests: string[];
  /** Answers in the place of the cluster where it returns true. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** An API server over TLS that knows what is asked of it about releases. */
export async function serveCluster(
  authority: Authority,
  releases: StandInRelease[],
  fault?: StandInCluster['fault'],
): Promise<StandInCluster> {
  const requests: string[] = [];
  const state = { fault };
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (state.fault?.(request, response) !== true) {
      answer(request, response, releases);
    }
  };
  const server = await serveHttps(await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] }), listener);
  return Object.assign(state, {
    port: server.port,
    releases,
    requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  });
}

/** All backplanes of a fleet at one address, told apart by the host that is asked for. */
export async function serveBackplanes(
  authority: Authority,
  clusters: readonly Pick<StandInCluster, 'releases'>[],
): Promise<LocalServer> {
  const keyPair = await authority.issue({ dnsNames: [`*.${FLEET_DOMAIN}`] });
  return serveHttps(keyPair, (request, response) => {
    const host = request.headers.host?.replace(/:\d+$/, '');
    const release = clusters.flatMap(({ releases }) => releases).find((each) => each.host === host);
    const send = (status: number, body: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'one' })
        .end(JSON.stringify(body));
    if (release === undefined) {
      return send(404, { detail: 'no such host' });
    }
    switch (request.url) {
      case '/healthz':
        return send(200, { status: 'ok' });
      case '/version':
        return send(200, { git_sha: release.gitSha ?? STUB_SHA, build_date: 'x', chart_version: '0.1.0' });
      default:
        return send(401, { detail: 'missing_token' });
    }
  });
}

export interface KubeconfigOptions {
  readonly port: number;
  readonly ca: string;
  readonly user?: object;
}

export async function writeClusterKubeconfig(
  folder: string,
  context: string,
  { port, ca, user = { token: `token-of-${context}-which-is-long-enough` } }: KubeconfigOptions,
): Promise<string> {
  const file = path.join(folder, `${context}-${port}.yaml`);
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': ca };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: context, cluster }],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

function answer(request: IncomingMessage, response: ServerResponse, releases: readonly StandInRelease[]): void {
  const { pathname } = new URL(request.url ?? '', 'https://stand-in');
  const send = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const one = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(pathname)?.[1];
  if (one !== undefined) {
    const isThere = releases.some(({ namespace }) => namespace === one);
    send(
      isThere ? 200 : 404,
      isThere
        ? { kind: 'Namespace', apiVersion: 'v1', metadata: { name: one, uid: `uid-of-${one}` } }
        : {
            kind: 'Status',
            status: 'Failure',
            code: 404,
            reason: 'NotFound',
            message: `namespaces "${one}" not found`,
          },
    );
    return;
  }
  if (pathname === '/version') {
    send(200, { major: '1', minor: '34' });
    return;
  }
  const within = /\/namespaces\/([^/]+)\//.exec(pathname)?.[1];
  const plural = pathname.split('/').at(-1) ?? '';
  const items = releases
    .filter(({ namespace }) => within === undefined || namespace === within)
    .flatMap((release) => objectsOf(release)[plural] ?? []);
  send(200, { kind: listKindOf(request), metadata: { resourceVersion: '1' }, items });
}

function objectsOf({
  namespace,
  release,
  host,
  ready = 2,
  resourceVersion = '7',
}: StandInRelease): Readonly<Record<string, object[]>> {
  const labels = { 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': release };
  const metadata = (kind: string) => ({
    name: 'meho',
    namespace,
    uid: `${kind}-${host}`,
    resourceVersion,
    generation: 1,
    labels,
  });
  const isTrue = (type: string) => ({ type, status: 'True' });
  const containers = [{ name: 'backplane', image: 'meho:2' }];
  return {
    deployments: [
      {
        metadata: metadata('deployment'),
        spec: { replicas: 2, template: { spec: { containers } } },
        status: {
          observedGeneration: 1,
          ...{ replicas: 2, updatedReplicas: 2, readyReplicas: ready, availableReplicas: ready },
          conditions: ready === 2 ? [isTrue('Available')] : [],
        },
      },
    ],
    services: [
      {
        metadata: metadata('service'),
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
    ],
    ingresses: [
      {
        metadata: metadata('ingress'),
        spec: {
          rules: [
            { host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'meho' } } }] } },
          ],
        },
      },
    ],
    jobs: [
      {
        metadata: { ...metadata('job'), name: 'meho-migrate' },
        spec: { completions: 1 },
        status: { succeeded: 1, conditions: [isTrue('Complete')] },
      },
    ],
    pods: ['meho-1', 'meho-2'].map((name) => ({
      metadata: { ...metadata('pod'), name },
      spec: { containers },
      status: { phase: 'Running', conditions: [isTrue('Ready')] },
    })),
  };
}
