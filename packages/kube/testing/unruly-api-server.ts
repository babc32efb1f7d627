import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, serveHttp } from '@meho/core/http/testing/local-server';
import { KubeApi } from '../api/api.ts';
import { isFields } from '../api/fields.ts';
import { listKindOf } from './list-kind.ts';

export interface UnrulyRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Refused, or carried out with its answer lost. */
export type Trouble =
  | 'reset'
  | 'reset after it was done'
  | 'half an answer'
  | 'silence'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export interface UnrulyApi extends AsyncDisposable {
  readonly port: number;
  readonly api: KubeApi;
  /** In order, e.g. `DELETE /api/v1/namespaces/ci`. */
  readonly requests: readonly string[];
  /** By path, changeable at any time. */
  readonly objects: Map<string, StoredObject>;
  put(path: string, object: Fields): void;
}

export interface StoredObject {
  readonly metadata: Fields & { readonly uid: string; readonly resourceVersion: string };
}

export interface UnrulyOptions {
  readonly trouble?: (request: UnrulyRequest, count: number) => Trouble | undefined;
  /** Silent where absent. */
  readonly watch?: (response: ServerResponse) => void;
  readonly deadlineMs?: number;
  /** Filters by labels; if false, tests need none. */
  readonly isSelecting?: boolean;
  /** How long a namespace terminates. */
  readonly namespacesTakeMs?: number;
}

/** Stores what it gets and has trouble on demand. */
export async function serveUnrulyApi({
  trouble,
  watch,
  deadlineMs = 5000,
  isSelecting = false,
  namespacesTakeMs = 0,
}: UnrulyOptions = {}): Promise<UnrulyApi> {
  const objects = new Map<string, StoredObject>();
  const requests: string[] = [];
  const timers: NodeJS.Timeout[] = [];
  let version = 0;
  const put = (path: string, { metadata, ...object }: Fields) => {
    version += 1;
    const uid = objects.get(path)?.metadata.uid ?? randomUUID();
    objects.set(path, { ...object, metadata: { uid, ...fieldsOf(metadata), resourceVersion: String(version) } });
  };
  const server: LocalServer = await serveHttp(async (incoming, response) => {
    const request = await read(incoming);
    requests.push(`${request.method} ${request.path}`);
    const goes = trouble?.(request, requests.length);
    if (request.query.get('watch') === 'true' && goes === undefined) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      watch?.(response);
      return;
    }
    if (goes === 'silence') {
      return;
    }
    if (goes === 'reset') {
      response.socket?.destroy();
      return;
    }
    if (typeof goes === 'object') {
      response.writeHead(goes.status, { 'content-type': 'text/plain', ...goes.headers }).end(goes.body ?? 'trouble');
      return;
    }
    const kept = objects.get(request.path);
    const { status, body: done } = carryOut(
      objects,
      put,
      isSelecting ? request : { ...request, query: unlabelled(request.query) },
    );
    const body = isFields(done) && 'items' in done ? { ...done, kind: listKindOf(incoming) } : done;
    if (namespacesTakeMs > 0 && kept !== undefined && !objects.has(request.path)) {
      const metadata = { ...kept.metadata, deletionTimestamp: new Date().toISOString() };
      objects.set(request.path, { ...kept, metadata });
      timers.push(setTimeout(() => objects.delete(request.path), namespacesTakeMs));
    }
    const text = JSON.stringify(body);
    if (goes === 'reset after it was done') {
      response.socket?.destroy();
    } else if (goes === 'half an answer') {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(text.slice(0, text.length / 2));
    } else {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    }
  });
  const api = new KubeApi(
    {
      server: new URL(`http://127.0.0.1:${server.port}`),
      tls: {},
      identity: { credentials: async () => ({}), impersonate: {} },
      description: 'a test',
    },
    deadlineMs,
  );
  return {
    port: server.port,
    api,
    requests,
    objects,
    put,
    async [Symbol.asyncDispose]() {
      api[Symbol.dispose]();
      for (const timer of timers) {
        clearTimeout(timer);
      }
      await server[Symbol.asyncDispose]();
    },
  };
}

async function read(incoming: IncomingMessage): Promise<UnrulyRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://stub');
  const text = Buffer.concat(await incoming.toArray()).toString('utf8');
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    body: text === '' ? {} : fieldsOf(JSON.parse(text)),
  };
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

function carryOut(
  objects: Map<string, StoredObject>,
  put: (path: string, object: Fields) => void,
  { method, path, query, body }: UnrulyRequest,
): Reply {
  const found = objects.get(path);
  const { resourceVersion, name } = fieldsOf(body['metadata']);
  switch (method) {
    case 'GET':
      return found === undefined && isCollection(path) ? list(objects, path, query) : oneOf(found);
    case 'POST': {
      if (path.endsWith('/selfsubjectreviews')) {
        const metadata = { creationTimestamp: new Date().toISOString() };
        return { status: 201, body: { metadata, status: { userInfo: { username: 'lab' } } } };
      }
      if (path.endsWith('/selfsubjectaccessreviews')) {
        const { namespace } = fieldsOf(fieldsOf(body['spec'])['resourceAttributes']);
        return { status: 201, body: { status: { allowed: objects.has(`/api/v1/namespaces/${namespace}`) } } };
      }
      if (query.get('dryRun') === 'All') {
        return { status: 201, body };
      }
      const place = `${path}/${name}`;
      if (objects.has(place)) {
        return status(409, 'AlreadyExists');
      }
      put(place, body);
      return { status: 201, body: objects.get(place) };
    }
    case 'PATCH': {
      if (found !== undefined && resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) {
        return status(409, 'Conflict');
      }
      const { metadata, ...rest } = body;
      put(path, { ...found, ...rest, metadata: { ...found?.metadata, ...fieldsOf(metadata) } });
      return oneOf(objects.get(path));
    }
    case 'DELETE': {
      const { uid } = fieldsOf(body['preconditions']);
      if (found !== undefined && uid !== undefined && uid !== found.metadata.uid) {
        return status(409, 'Conflict');
      }
      objects.delete(path);
      return oneOf(found);
    }
    default:
      return status(405, 'MethodNotAllowed');
  }
}

/** After group, version and namespace, kinds and names alternate. */
function isCollection(path: string): boolean {
  const parts = path.replace(/^\/(api|apis\/[^/]+)\/[^/]+\//, '').split('/');
  return parts.length % 2 === 1;
}

function list(objects: ReadonlyMap<string, StoredObject>, path: string, query: URLSearchParams): Reply {
  const only = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  const items = [...objects]
    .filter(([place]) => isIn(place, path))
    .filter(([place]) => only === undefined || place === `${path}/${only}`)
    .map(([, object]) => object)
    .filter(({ metadata }) => isSelected(fieldsOf(metadata['labels']), query.get('labelSelector') ?? ''));
  return { status: 200, body: { metadata: { resourceVersion: '1' }, items } };
}

/** Whether a list by this path has it: of one namespace, or of all. */
function isIn(place: string, path: string): boolean {
  const [, root, kind] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
  const inAll = new RegExp(`^${root}/namespaces/[^/]+/${kind}/[^/]+$`);
  return (place.startsWith(`${path}/`) && !place.slice(path.length + 1).includes('/')) || inAll.test(place);
}

function unlabelled(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query);
  rest.delete('labelSelector');
  return rest;
}

/** Filters only by `name=value`. */
function isSelected(labels: Fields, selector: string): boolean {
  return [...selector.matchAll(/(?:^|,)([^=!,() ]+)=([^,]*)/g)].every(([, name = '', value]) => labels[name] === value);
}

function oneOf(found: StoredObject | undefined): Reply {
  return found === undefined ? status(404, 'NotFound') : { status: 200, body: found };
}

function status(code: number, reason: string): Reply {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason } };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
