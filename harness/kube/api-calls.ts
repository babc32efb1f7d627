import type { IncomingMessage } from 'node:http';
import { Connections } from '../http/connections.ts';
import { exchange, type HttpAnswer, type HttpRequest, openStream } from '../http/exchange.ts';
import { askAgain, type Retry } from '../http/retry.ts';
import type { ClusterAccess } from './access.ts';
import { type ApiAnswer, type Asked, type PartOfList, parsed, refusal } from './answer.ts';
import type { Connection } from './connection.ts';
import { authorizationOf } from './credentials.ts';
import { answerLimits, type Pages, type WholeList, wholeList } from './pages.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Asks so long, in milliseconds, also where the server can't be reached: for what must not be left behind. */
  readonly persistForMs?: number;
  /** Takes the first answer, whatever it is: for a caller that looks again by itself. */
  readonly isAskedOnce?: boolean;
}

export interface Call extends CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The body of the next attempt, where it is not the same for each. */
  readonly bodyNow?: () => object;
  readonly contentType?: string;
  /** The answer is text, whatever it looks like. */
  readonly isText?: boolean;
  readonly ifPerhapsDone?: Retry<ApiAnswer>['ifPerhapsDone'];
  /** Of the answer; what an object needs where absent. */
  readonly limitBytes?: number;
  /** Where it is a part of something that has a deadline, what is left of that, in milliseconds. */
  readonly withinMs?: number;
}

const refusalLimit = 64 * 1024;

/** Single calls of a Kubernetes API: over kept connections, with the identity's credentials, asked again as far as that may be. */
export class ApiCalls implements Disposable {
  readonly #access: ClusterAccess;
  readonly #connection: Connection;
  readonly #deadlineMs: number;
  readonly #agent = new Connections({ keepAlive: true });

  /** @param deadlineMs for one call, in milliseconds */
  constructor(access: ClusterAccess, connection: Connection, deadlineMs: number) {
    this.#access = access;
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
  }

  asked(method: string, path: string): Asked {
    return { server: this.#access.server, method, path };
  }

  /** @throws KubeError, NotKubernetes, TransportError */
  async make(method: string, path: string, options: Call): Promise<ApiAnswer> {
    const { isAskedOnce = false, ifPerhapsDone = 'repeat', persistForMs, signal } = options;
    const asked = this.asked(method, path);
    const deadlineMs = options.withinMs ?? this.#forAllMs(options);
    const send = (leftMs: number) => this.#attempt(method, path, options, Math.min(leftMs, this.#deadlineMs));
    const answer = isAskedOnce
      ? await send(deadlineMs)
      : await askAgain(send, {
          whom: 'the API server',
          deadlineMs,
          ...(signal === undefined ? {} : { signal }),
          ifPerhapsDone,
          isStubborn: persistForMs !== undefined,
        });
    if (answer.status < 200 || answer.status >= 300) {
      throw refusal(answer, asked);
    }
    return answer;
  }

  /** Every page of a list. @throws KubeError, NotKubernetes, TransportError */
  async list<T>(
    path: string,
    options: Call,
    read: (answer: ApiAnswer, asked: Asked) => PartOfList<T>,
  ): Promise<WholeList<T>> {
    const asked = this.asked('GET', path);
    const ask: Pages<T>['ask'] = async ({ query, ...bounds }) => {
      const page = `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
      const answer = await this.make('GET', page, { ...options, ...bounds });
      return { ...read(answer, asked), bytes: answer.body.length };
    };
    return wholeList({ ask, asked, deadlineMs: this.#forAllMs(options) });
  }

  /** One request and its answer, whatever that is: somebody else's behind the API server is neither read nor asked again. */
  async pass(path: string, options: CallOptions): Promise<HttpAnswer> {
    return exchange(await this.#request('GET', path, options, this.#deadlineMs));
  }

  /** The stream of an answer that goes on. @throws KubeError, NotKubernetes, TransportError */
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
      throw refusal(parsed({ status, headers, body }, asked), asked);
    } finally {
      stream.destroy();
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
      // Nothing was done for one whom the server doesn't know: what a plugin gave may have been revoked meanwhile.
      await identity.renew(used);
      answer = await exchange(await this.#request(method, path, options, deadlineMs), limit);
    }
    const isPlain = options.isText === true && answer.status < 300;
    return isPlain ? { ...answer, json: undefined } : parsed(answer, this.asked(method, path));
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
