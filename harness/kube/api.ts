import { createInterface } from 'node:readline';
import { Connections } from '../http/connections.ts';
import { exchange, type HttpAnswer, type HttpRequest, openStream } from '../http/exchange.ts';
import type { ClusterAccess } from './access.ts';
import { type Connection, connectionOf } from './connection.ts';
import { authorizationOf } from './credentials.ts';
import { KubeError } from './kube-error.ts';
import { pathOf, type Resource } from './resource.ts';

/** Which objects of a kind: in one namespace or all, by labels, by fields. */
export interface Scope {
  readonly namespace?: string;
  /** E.g. `app.kubernetes.io/name=meho,app.kubernetes.io/instance=meho`. */
  readonly labels?: string;
  /** E.g. `type=Warning`. */
  readonly fields?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface Collection<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

/** Only the metadata of an object: what is secret in the rest never leaves the server. */
export interface MetadataOnly {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
}

const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * A small client of the Kubernetes API: what checks, suites and diagnostics need, on Node's own HTTP. Loading all of
 * the official client takes longer than a whole verifier may; exec and port-forward, which need it, load it late.
 *
 * Every call throws KubeError when the server refuses and TransportError when it can't be reached.
 */
export class KubeApi implements Disposable {
  readonly access: ClusterAccess;
  readonly connection: Connection;
  readonly #deadlineMs: number;
  readonly #agent = new Connections({ keepAlive: true });

  /**
   * @param deadlineMs for one call, in milliseconds
   * @throws UsageError for a proxy that can't be used, or a file of roots that can't be read
   */
  constructor(access: ClusterAccess, deadlineMs = 15_000) {
    this.access = access;
    this.connection = connectionOf(access);
    this.#deadlineMs = deadlineMs;
  }

  async get<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: CallOptions = {},
  ): Promise<T> {
    return this.#json<T>('GET', pathOf(resource, namespace, name), options);
  }

  /** The object, or undefined where there is none of that name. */
  async find<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    try {
      return await this.get(resource, namespace, name, options);
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  async list<T>(resource: Resource<T>, scope: Scope, options: CallOptions = {}): Promise<Collection<T>> {
    return collected(await this.#json<RawList<T>>('GET', listPath(resource, scope), options));
  }

  /** Like `list`, but the objects' contents stay on the server. */
  async listMetadata(
    resource: Resource<unknown>,
    scope: Scope,
    options: CallOptions = {},
  ): Promise<Collection<MetadataOnly>> {
    const headers = { accept: METADATA_LIST };
    return collected(
      await this.#json<RawList<MetadataOnly>>('GET', listPath(resource, scope), { ...options, headers }),
    );
  }

  /**
   * What changes after `resourceVersion`. Ends when the server ends the watch.
   *
   * @throws KubeError, with status 410 when the version is too old to watch from
   */
  async *watch<T>(
    resource: Resource<T>,
    scope: Scope,
    resourceVersion: string,
    options: CallOptions = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const path = listPath(resource, scope, { watch: 'true', resourceVersion, timeoutSeconds: '290' });
    const stream = await openStream(await this.#request('GET', path, options));
    if (stream.statusCode !== 200) {
      const body = await stream.setEncoding('utf8').reduce((text: string, chunk: string) => text + chunk, '');
      throw KubeError.ofAnswer('watch', path, { status: stream.statusCode ?? 0, headers: stream.headers, body });
    }
    try {
      for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
        const event: { type: string; object: T } = JSON.parse(line);
        if (event.type === 'ERROR') {
          throw KubeError.ofStatus('watch', path, event.object);
        }
        if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') {
          yield { type: event.type, object: event.object };
        }
      }
    } finally {
      stream.destroy();
    }
  }

  /** @param options with `dryRun`, the server does all that it does for a creation, and keeps nothing */
  async create<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    object: T,
    { dryRun = false, ...options }: CallOptions & { readonly dryRun?: boolean } = {},
  ): Promise<T> {
    const body = { apiVersion: resource.apiVersion, kind: resource.kind, ...object };
    const path = `${pathOf(resource, namespace)}${dryRun ? '?dryRun=All' : ''}`;
    return this.#json<T>('POST', path, { ...options, body });
  }

  /** Server-side apply: creates the object or brings it to this state. */
  async apply<T extends { readonly metadata?: object }>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    object: T,
    options: CallOptions = {},
  ): Promise<T> {
    const path = `${pathOf(resource, namespace, name)}?fieldManager=meho-acceptance&force=true`;
    const { apiVersion, kind } = resource;
    const body = { apiVersion, kind, ...object, metadata: { ...object.metadata, name } };
    return this.#json<T>('PATCH', path, { ...options, body, contentType: 'application/apply-patch+yaml' });
  }

  /** JSON merge patch: `null` removes a member. @param subresource e.g. `ephemeralcontainers` of a pod */
  async patch<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    patch: object,
    { subresource, ...options }: CallOptions & { readonly subresource?: string } = {},
  ): Promise<T> {
    const contentType = 'application/merge-patch+json';
    const path = pathOf(resource, namespace, name) + (subresource === undefined ? '' : `/${subresource}`);
    return this.#json<T>('PATCH', path, { ...options, body: patch, contentType });
  }

  /**
   * Deletes the object and, in the background, what it owns. It not being there is no error.
   *
   * @param options with `uid`, only that very object: another one of its name is refused with 409
   */
  async delete(
    resource: Resource<unknown>,
    namespace: string | undefined,
    name: string,
    { uid, ...options }: CallOptions & { readonly uid?: string } = {},
  ): Promise<void> {
    try {
      const body = {
        propagationPolicy: 'Background',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      };
      await this.#json('DELETE', pathOf(resource, namespace, name), { ...options, body });
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 404)) {
        throw error;
      }
    }
  }

  /** The text at any path of the API, e.g. a pod's log or `/readyz`. */
  async text(path: string, options: CallOptions = {}): Promise<string> {
    return (await this.#call('GET', path, options)).body;
  }

  /** What is answered at a path, whatever it is: for what the API server only passes on. Asked once. */
  async answer(path: string, options: CallOptions = {}): Promise<HttpAnswer> {
    return exchange(await this.#request('GET', path, options), ANSWER_LIMIT_BYTES);
  }

  async #json<T>(method: string, path: string, options: Call): Promise<T> {
    const { body } = await this.#call(method, path, options);
    return JSON.parse(body);
  }

  async #call(method: string, path: string, options: Call): Promise<HttpAnswer> {
    const { identity } = this.access;
    const used = await identity.credentials();
    let answer = await exchange(await this.#request(method, path, options), ANSWER_LIMIT_BYTES);
    if (answer.status === 401 && identity.renew !== undefined) {
      // Nothing was done for one whom the server doesn't know: what a plugin gave may have been revoked meanwhile.
      await identity.renew(used);
      answer = await exchange(await this.#request(method, path, options), ANSWER_LIMIT_BYTES);
    }
    if (answer.status < 200 || answer.status >= 300) {
      throw KubeError.ofAnswer(method, path, answer);
    }
    return answer;
  }

  async #request(method: string, path: string, { signal, headers, body, contentType }: Call): Promise<HttpRequest> {
    const { server, identity } = this.access;
    const { tls, proxy } = this.connection;
    const credentials = await identity.credentials();
    const { cert, key } = credentials;
    const authorization = authorizationOf(credentials);
    const url = new URL(server);
    const [pathname = '', search] = path.split('?', 2);
    url.pathname = url.pathname.replace(/\/$/, '') + pathname;
    url.search = search ?? '';
    return {
      url,
      peer: 'api-server',
      method,
      deadlineMs: this.#deadlineMs,
      headers: {
        accept: 'application/json',
        'user-agent': 'meho-acceptance',
        ...identity.impersonate,
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        ...headers,
      },
      tls: { ...tls, ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
      ...(proxy === undefined ? {} : { proxy }),
      ...(url.protocol === 'https:' ? { agent: this.#agent } : {}),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

interface Call extends CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly contentType?: string;
}

interface RawList<T> {
  readonly items?: readonly T[] | null;
  readonly metadata?: { readonly resourceVersion?: string };
}

function collected<T>({ items, metadata }: RawList<T>): Collection<T> {
  return { items: items ?? [], resourceVersion: metadata?.resourceVersion ?? '' };
}

function listPath(resource: Resource<unknown>, scope: Scope, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    ...(scope.labels === undefined ? {} : { labelSelector: scope.labels }),
    ...(scope.fields === undefined ? {} : { fieldSelector: scope.fields }),
    ...more,
  });
  const path = pathOf(resource, scope.namespace);
  return query.size === 0 ? path : `${path}?${query}`;
}
