import type { IncomingMessage } from 'node:http';
import { type LocalServer, serveHttps } from '@meho/core/http/testing/local-server';
import type { Authority } from '@meho/core/testing/authority';
import { listKindOf } from '@meho/kube/testing/list-kind';

export interface StandInObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [more: string]: unknown;
  };
  readonly [more: string]: unknown;
}

export interface StandInObjects extends LocalServer {
  /** Bytes of all answers. */
  readonly sentBytes: () => number;
  replace(objects: Readonly<Record<string, readonly StandInObject[]>>): void;
}

/** An API server over TLS that selects, cuts into pages and leaves contents out as it is asked to: who doesn't ask for less gets everything. */
export async function serveObjects(authority: Authority): Promise<StandInObjects> {
  let store: Readonly<Record<string, readonly StandInObject[]>> = {};
  let sent = 0;
  const removed = new Set<string>();
  const keyPair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const server = await serveHttps(keyPair, (request, response) => {
    const { status, body } = answerTo(request, store, removed);
    const text = JSON.stringify(body);
    sent += text.length;
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  return {
    port: server.port,
    sentBytes: () => sent,
    replace: (objects) => {
      store = objects;
      sent = 0;
      removed.clear();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function answerTo(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  store: Readonly<Record<string, readonly StandInObject[]>>,
  removed: Set<string>,
): Answer {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://stand-in');
  if (pathname === '/version') {
    return { status: 200, body: { major: '1', minor: '34', gitVersion: 'v1.34.0' } };
  }
  if (pathname.endsWith('/selfsubjectreviews')) {
    const metadata = { creationTimestamp: new Date().toISOString() };
    return { status: 201, body: { kind: 'SelfSubjectReview', metadata, status: { userInfo: { username: 'lab' } } } };
  }
  const [, namespace, plural = '', name] =
    /^\/apis?\/(?:[^/]+\/)?v1\/(?:namespaces\/([^/]+)\/)?([a-z]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  const objects = (store[plural] ?? []).filter(
    ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
  );
  const isThere = ({ metadata: { uid = '' } }: StandInObject) => !removed.has(uid);
  if (name !== undefined) {
    const found = objects.find((each) => each.metadata.name === name && isThere(each));
    if (found === undefined) {
      return {
        status: 404,
        body: { kind: 'Status', code: 404, reason: 'NotFound', message: `${plural} "${name}" not found` },
      };
    }
    if (request.method === 'DELETE') {
      removed.add(found.metadata.uid ?? '');
    }
    return { status: 200, body: found };
  }
  const wanted = [...selectorsOf(searchParams.get('labelSelector'))];
  const fields = (searchParams.get('fieldSelector') ?? '').split(',').filter((pair) => pair !== '');
  const selected = objects.filter(
    (each) =>
      isThere(each) &&
      wanted.every((fits) => fits(each.metadata.labels ?? {})) &&
      fields.every((pair) => hasField(each, pair)),
  );
  const from = Number(searchParams.get('continue') ?? 0);
  const limit = Number(searchParams.get('limit') ?? 0) || selected.length;
  const page = selected.slice(from, from + limit);
  const isMetadataOnly = request.headers.accept?.includes('PartialObjectMetadata') === true;
  const items = isMetadataOnly ? page.map(({ metadata }) => ({ metadata })) : page;
  const next = from + limit < selected.length ? { continue: String(from + limit) } : {};
  return { status: 200, body: { kind: listKindOf(request), metadata: { resourceVersion: '1', ...next }, items } };
}

/** `key=value`, `key` and `key in (a,b)`, as the verifiers ask. */
function* selectorsOf(text: string | null): Generator<(labels: Readonly<Record<string, string>>) => boolean> {
  for (const [, key = '', among, value] of (text ?? '').matchAll(
    /([^\s,=()]+)(?: in \(([^)]*)\)|={1,2}([^,]*))?(?:,|$)/g,
  )) {
    const values = among?.split(',') ?? (value === undefined ? undefined : [value]);
    yield (labels) => (values === undefined ? key in labels : values.includes(labels[key] ?? ''));
  }
}

function hasField(object: StandInObject, pair: string): boolean {
  const [path = '', value] = pair.split('=');
  const found = path
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], object);
  return found === value;
}
