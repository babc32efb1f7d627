import type { HttpAnswer } from '@meho/core/http/exchange';
import type { ClusterAccess } from '../kubeconfig/access.ts';
import { type Connection, connectionOf } from '../kubeconfig/connection.ts';
import { eventOf, linesOf, type WatchEvent } from '../watch/watch-events.ts';
import { type ApiAnswer, type ApiRequest, listOf, notKubernetes, objectOf } from './answer.ts';
import { ApiCalls, type CallOptions } from './api-calls.ts';
import { isApiTrouble } from './api-trouble.ts';
import { changeOnce } from './change-once.ts';
import { isFields } from './fields.ts';
import { isAsSent, isPatched } from './in-doubt.ts';
import { isAbsence, isConflict } from './kube-error.ts';
import { NotKubernetes } from './not-kubernetes.ts';
import { pathOf, type Resource } from './resource.ts';

export type { CallOptions } from './api-calls.ts';

export interface Scope {
  readonly namespace?: string;
  /** E.g. `app.kubernetes.io/name=meho,app.kubernetes.io/instance=meho`. */
  readonly labels?: string;
  /** E.g. `type=Warning`. */
  readonly fields?: string;
}

export interface Collection<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** The contents, with their secrets, stay on the server. */
export interface MetadataOnly {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
}

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * A small Kubernetes client on Node's HTTP: loading the official one takes longer than a verifier may, so only exec and
 * port-forward load it.
 * Calls throw KubeError when the server refuses, TransportError when it can't be reached and NotKubernetes when
 * something else answers, after retries within the deadline (`http/retry.ts`).
 */
export class KubeApi implements Disposable {
  readonly access: ClusterAccess;
  readonly connection: Connection;
  readonly #calls: ApiCalls;

  /** @param deadlineMs per call @throws UsageError for an unusable proxy or unreadable root certificates */
  constructor(access: ClusterAccess, deadlineMs = 15_000) {
    this.access = access;
    this.connection = connectionOf(access);
    this.#calls = new ApiCalls(access, this.connection, deadlineMs);
  }

  async get<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: CallOptions = {},
  ): Promise<T> {
    const path = pathOf(resource, namespace, name);
    return objectOf(await this.#calls.make('GET', path, options), resource, this.#calls.asked('GET', path));
  }

  /** @returns undefined if absent */
  async find<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    try {
      return await this.get(resource, namespace, name, options);
    } catch (error) {
      if (isAbsence(error)) {
        return undefined;
      }
      throw error;
    }
  }

  async list<T>(resource: Resource<T>, scope: Scope, options: CallOptions = {}): Promise<Collection<T>> {
    const read = (answer: ApiAnswer, asked: ApiRequest) => listOf<T>(answer, resource.kind, asked);
    return this.#calls.list(listPath(resource, scope), options, read);
  }

  /** Like `list`, without the contents. */
  async listMetadata(
    resource: Resource<unknown>,
    scope: Scope,
    options: CallOptions = {},
  ): Promise<Collection<MetadataOnly>> {
    const call = { ...options, headers: { accept: METADATA_LIST } };
    const read = (answer: ApiAnswer, asked: ApiRequest) => listOf<MetadataOnly>(answer, 'PartialObjectMetadata', asked);
    return this.#calls.list(listPath(resource, scope), call, read);
  }

  /**
   * Yields changes until the server ends the watch, as it is asked to after `forMs`.
   * @throws KubeError with status 410 for too old a version; NotKubernetes for anything but a watch
   */
  async *watch<T>(
    resource: Resource<T>,
    scope: Scope,
    resourceVersion: string,
    { forMs = 290_000, ...options }: CallOptions & { readonly forMs?: number } = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const timeoutSeconds = String(Math.ceil(forMs / 1000));
    const path = listPath(resource, scope, { watch: 'true', resourceVersion, timeoutSeconds });
    const asked = this.#calls.asked('watch', path);
    const stream = await this.#calls.open(path, options);
    try {
      for await (const line of linesOf(stream, asked)) {
        const event = eventOf(line, resource, asked);
        if (event !== undefined) {
          yield event;
        }
      }
    } finally {
      stream.destroy();
    }
  }

  /**
   * Creates an object once: looks for it after a lost answer.
   * @param options `dryRun` stores nothing
   */
  async create<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    object: T,
    { dryRun = false, ...options }: CallOptions & { readonly dryRun?: boolean } = {},
  ): Promise<T> {
    const body = { apiVersion: resource.apiVersion, kind: resource.kind, ...object };
    const path = `${pathOf(resource, namespace)}${dryRun ? '?dryRun=All' : ''}`;
    const asked = this.#calls.asked('POST', path);
    if (dryRun || resource.stored === false) {
      return objectOf(await this.#calls.make('POST', path, { ...options, body }), resource, asked);
    }
    const name = nameOf(object);
    const call = { ...options, body };
    if (name === undefined) {
      return objectOf(await this.#calls.make('POST', path, { ...call, ifPerhapsDone: 'stop' }), resource, asked);
    }
    const isDone = (found: unknown) => isAsSent(found, body);
    return objectOf(
      await changeOnce(this.#calls, { method: 'POST', path, call }, { resource, namespace, name, isDone }),
      resource,
      asked,
    );
  }

  /** Server-side apply. */
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
    const answer = await this.#calls.make('PATCH', path, {
      ...options,
      body,
      contentType: 'application/apply-patch+yaml',
    });
    return objectOf(answer, resource, this.#calls.asked('PATCH', path));
  }

  /** JSON merge patch: `null` removes a member. @param subresource e.g. `ephemeralcontainers` */
  async patch<T>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
    patch: object,
    { subresource, ...options }: CallOptions & { readonly subresource?: string } = {},
  ): Promise<T> {
    const contentType = 'application/merge-patch+json';
    const path = pathOf(resource, namespace, name) + (subresource === undefined ? '' : `/${subresource}`);
    const isDone = (found: unknown) => isPatched(found, patch);
    const call = { ...options, body: patch, contentType };
    const answer = await changeOnce(
      this.#calls,
      { method: 'PATCH', path, call },
      { resource, namespace, name, isDone },
    );
    return objectOf(answer, resource, this.#calls.asked('PATCH', path));
  }

  /**
   * Deletes the object and, in the background, what it owns; its absence is no error.
   * @param options `uid` spares a successor of the same name
   */
  async delete(
    resource: Resource<unknown>,
    namespace: string | undefined,
    name: string,
    { uid, ...options }: CallOptions & { readonly uid?: string } = {},
  ): Promise<void> {
    const path = pathOf(resource, namespace, name);
    const find = async () => (await this.find(resource, namespace, name, options)) as MetadataOnly | undefined;
    const found = uid === undefined ? await find() : { metadata: { uid } };
    if (found === undefined) {
      return;
    }
    const meant = found.metadata?.uid;
    const body = { propagationPolicy: 'Background', ...(meant === undefined ? {} : { preconditions: { uid: meant } }) };
    const ifPerhapsDone = meant === undefined ? 'stop' : 'repeat';
    try {
      const { json } = await this.#calls.make('DELETE', path, { ...options, body, ifPerhapsDone });
      if (!isFields(json)) {
        throw notKubernetes(this.#calls.asked('DELETE', path), 'it sends something other than an object');
      }
    } catch (error) {
      if (isAbsence(error)) {
        return;
      }
      // After a refusal or broken answer it may still exist.
      const isUnclear = meant !== undefined && (isConflict(error) || error instanceof NotKubernetes);
      if (!isUnclear || (await isStaying(find, meant))) {
        throw error;
      }
    }
  }

  /** E.g. a pod's log or `/readyz`. */
  async text(path: string, options: CallOptions = {}): Promise<string> {
    return (await this.#calls.make('GET', path, { ...options, isText: true })).body;
  }

  /** Reads proxied paths, without retrying. */
  async answer(path: string, options: CallOptions = {}): Promise<HttpAnswer> {
    return this.#calls.pass(path, options);
  }

  [Symbol.dispose](): void {
    this.#calls[Symbol.dispose]();
  }
}

/** False if absent or terminating; true if unknown. */
async function isStaying(find: () => Promise<MetadataOnly | undefined>, uid: string): Promise<boolean> {
  try {
    const found = await find();
    return found?.metadata?.uid === uid && found.metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (isApiTrouble(error)) {
      return true;
    }
    throw error;
  }
}

function nameOf(object: unknown): string | undefined {
  const { metadata }: MetadataOnly = isFields(object) ? object : {};
  return metadata?.name;
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
