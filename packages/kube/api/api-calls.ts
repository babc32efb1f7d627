import type { IncomingMessage } from 'node:http';
import { Connections } from '@meho/core/http/connections';
import { exchange, type HttpAnswer, type HttpRequest, openStream } from '@meho/core/http/exchange';
import { type Retry, retryRequest } from '@meho/core/http/retry';
import { TransportError, type TransportFailure } from '@meho/core/http/transport-error';
import type { ClusterAccess } from '../kubeconfig/access.ts';
import type { Connection } from '../kubeconfig/connection.ts';
import { authorizationOf } from '../kubeconfig/credentials.ts';
import { type ApiAnswer, type ApiRequest, type ListPage, parseAnswer, refusal } from './answer.ts';
import { answerLimits, type Pages, type WholeList, wholeList } from './pages.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Retries this long, even if the server is unreachable: for cleaning up. */
  readonly persistForMs?: number;
  /** For callers that poll: no retry. */
  readonly isAskedOnce?: boolean;
}

export interface Call extends CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly bodyNow?: () => object;
  readonly contentType?: string;
  readonly isText?: boolean;
  readonly ifPerhapsDone?: Retry<ApiAnswer>['ifPerhapsDone'];
  /** Enough for an object where absent. */
  readonly limitBytes?: number;
  /** Left of the caller's deadline. */
  readonly withinMs?: number;
}

const refusalLimit = 64 * 1024;
/** For a server that no connection was made to within a whole deadline: it is tried, but not waited for again. */
const onceLostMs = 2000;
const noConnection: ReadonlySet<TransportFailure> = new Set([
  'dns',
  'refused',
  'unreachable',
  'connect-timeout',
  'tls-timeout',
  'proxy',
]);

/** Retried where safe. */
export class ApiCalls implements Disposable {
  readonly #access: ClusterAccess;
  readonly #connection: Connection;
  readonly #deadlineMs: number;
  readonly #agent = new Connections({ keepAlive: true });
  #isLost = false;

  /** @param deadlineMs per call */
  constructor(access: ClusterAccess, connection: Connection, deadlineMs: number) {
    this.#access = access;
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
  }

  asked(method: string, path: string): ApiRequest {
    return { server: this.#access.server, method, path };
  }

  /** @throws KubeError, NotKubernetes, TransportError */
  async make(method: string, path: string, options: Call): Promise<ApiAnswer> {
    const { isAskedOnce = false, ifPerhapsDone = 'repeat', persistForMs, signal } = options;
    const asked = this.asked(method, path);
    const isStubborn = persistForMs !== undefined;
    const isTriedOnly = this.#isLost && !isStubborn;
    const allMs = options.withinMs ?? this.#forAllMs(options);
    const deadlineMs = isTriedOnly ? Math.min(onceLostMs, allMs) : allMs;
    const send = (leftMs: number) => this.#attempt(method, path, options, Math.min(leftMs, this.#deadlineMs));
    const answer = await this.#noting(() =>
      isAskedOnce || isTriedOnly
        ? send(deadlineMs)
        : retryRequest(send, {
            whom: 'the API server',
            deadlineMs,
            ...(signal === undefined ? {} : { signal }),
            ifPerhapsDone,
            isStubborn,
          }),
    );
    if (answer.status < 200 || answer.status >= 300) {
      throw refusal(answer, asked);
    }
    return answer;
  }

  /** Reads all pages. @throws KubeError, NotKubernetes, TransportError */
  async list<T>(
    path: string,
    options: Call,
    read: (answer: ApiAnswer, asked: ApiRequest) => ListPage<T>,
  ): Promise<WholeList<T>> {
    const asked = this.asked('GET', path);
    const ask: Pages<T>['ask'] = async ({ query, ...bounds }) => {
      const page = `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
      const answer = await this.make('GET', page, { ...options, ...bounds });
      return { ...read(answer, asked), bytes: answer.body.length };
    };
    return wholeList({ ask, asked, deadlineMs: this.#forAllMs(options) });
  }

  /** Passes on what a server behind the API server answers. */
  async pass(path: string, options: CallOptions): Promise<HttpAnswer> {
    return exchange(await this.#request('GET', path, options, this.#deadlineMs));
  }

  /** @throws KubeError, NotKubernetes, TransportError */
  async open(path: string, options: CallOptions): Promise<IncomingMessage> {
    const asked = this.asked('watch', path);
    const stream = await openStream(await this.#request('GET', path, options, this.#deadlineMs));
    const { statusCode: status = 0, headers } = stream;
    if (status === 200) {
      return stream;
    }
    try {
      let body = '';
      for await (const chunk of stream.setEncoding('utf8')) {
        body += chunk;
        if (body.length > refusalLimit) {
          break;
        }
      }
      throw refusal(parseAnswer({ status, headers, body }, asked), asked);
    } finally {
      stream.destroy();
    }
  }

  async #noting(ask: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    try {
      const answer = await ask();
      this.#isLost = false;
      return answer;
    } catch (error) {
      this.#isLost = error instanceof TransportError && noConnection.has(error.failure);
      throw error;
    }
  }

  #forAllMs({ persistForMs }: CallOptions): number {
    return persistForMs ?? this.#deadlineMs;
  }

  async #attempt(method: string, path: string, options: Call, deadlineMs: number): Promise<ApiAnswer> {
    const { identity } = this.#access;
    const used = await identity.credentials();
    const limit = options.limitBytes ?? (options.isText === true ? answerLimits.text : answerLimits.object);
    let answer = await exchange(await this.#request(method, path, options, deadlineMs), limit);
    if (answer.status === 401 && identity.renew !== undefined) {
      // Nothing was done; a plugin's credentials may have been revoked.
      await identity.renew(used);
      answer = await exchange(await this.#request(method, path, options, deadlineMs), limit);
    }
    const isPlain = options.isText === true && answer.status < 300;
    return isPlain ? { ...answer, json: undefined } : parseAnswer(answer, this.asked(method, path));
  }

  async #request(
    method: string,
    path: string,
    { signal, headers, contentType, ...call }: Call,
    deadlineMs: number,
  ): Promise<HttpRequest> {
    const { server, identity } = this.#access;
    const { tls, proxy } = this.#connection;
    const body = call.bodyNow?.() ?? call.body;
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
      deadlineMs,
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
