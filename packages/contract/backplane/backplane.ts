import { setTimeout as delay } from 'node:timers/promises';
import { Connections } from '@meho/core/http/connections';
import { exchange, type HttpAnswer, type HttpRequest, type Timing } from '@meho/core/http/exchange';
import type { ProxyServer } from '@meho/core/http/proxy';
import { TransportError } from '@meho/core/http/transport-error';
import type { Secret } from '../token/secret.ts';
import { isGatewayAnswer } from './answers.ts';

export type Reply = AnsweredReply | { readonly kind: 'none'; readonly error: TransportError };

export type AnsweredReply = { readonly kind: 'answer' } & HttpAnswer & {
    /** Absent if the first answer was the backplane's. */
    readonly routedAfterMs?: number;
  };

export interface TimedRequest {
  readonly path: string;
  readonly withToken: boolean;
  readonly status: number;
  readonly timing: Timing;
  readonly serverTiming?: string;
}

export interface BackplaneAddress {
  /** Its path prefixes every path. */
  readonly origin: URL;
  readonly ca?: readonly string[];
  readonly connectTo?: { readonly host: string; readonly port: number };
  readonly proxy?: ProxyServer;
  /** Per answer. */
  readonly deadlineMs: number;
  /** How long after the first request the route may be missing. */
  readonly routedWithinMs?: number;
}

const ROUTE_INTERVAL_MS = 200;

/**
 * The backplane as a client sees it. An ingress controller learns of ready pods after the API server, so its own
 * answers are retried, except with a token. Replies are cached, so that all checks judge the same one and a run leaves
 * one audit row.
 */
export class Backplane implements Disposable {
  readonly #address: BackplaneAddress;
  readonly #agent: Connections;
  /** Resumes no session, which may lead to the replica of before. */
  readonly #afresh: Connections;
  readonly #replies = new Map<string, Promise<Reply>>();
  readonly #asked: TimedRequest[] = [];
  #firstAskedAt: number | undefined;

  constructor(address: BackplaneAddress) {
    this.#address = address;
    // A request on a kept connection may have to be repeated.
    this.#agent = new Connections({ keepAlive: false });
    this.#afresh = new Connections({ keepAlive: false, maxCachedSessions: 0 });
  }

  get requests(): readonly TimedRequest[] {
    return this.#asked;
  }

  urlOf(path: string): string {
    return this.#url(path).href;
  }

  /** Throws only when aborted. */
  get(path: string, signal: AbortSignal, token?: Secret): Promise<Reply> {
    const key = `${token === undefined ? 'anonymous' : 'operator'} ${path}`;
    const known = this.#replies.get(key);
    if (known !== undefined) {
      return known;
    }
    const reply = token === undefined ? this.#askRouted(path, signal) : this.#askOnce(path, signal, token);
    this.#replies.set(key, reply);
    return reply;
  }

  /** Uses a new connection, so that another replica may answer. */
  getAfresh(path: string, signal: AbortSignal): Promise<Reply> {
    return this.#askRouted(path, signal, this.#afresh);
  }

  /** Uses a new connection: a kept one might force a repeat. */
  #askOnce(path: string, signal: AbortSignal, token: Secret): Promise<Reply> {
    return this.#ask(path, signal, token, new Connections({ keepAlive: false }));
  }

  async #askRouted(path: string, signal: AbortSignal, agent = this.#agent): Promise<Reply> {
    const started = performance.now();
    this.#firstAskedAt ??= started;
    const routed = this.#firstAskedAt + (this.#address.routedWithinMs ?? 0);
    let reply = await this.#ask(path, signal, undefined, agent);
    let isFirst = true;
    while (isUnrouted(reply) && performance.now() + ROUTE_INTERVAL_MS < routed) {
      isFirst = false;
      await delay(ROUTE_INTERVAL_MS, undefined, { signal });
      reply = await this.#ask(path, signal, undefined, agent);
    }
    return isFirst || reply.kind === 'none' ? reply : { ...reply, routedAfterMs: performance.now() - started };
  }

  async #ask(path: string, signal: AbortSignal, token: Secret | undefined, agent = this.#agent): Promise<Reply> {
    const { ca, connectTo, proxy, deadlineMs } = this.#address;
    const url = this.#url(path);
    const request: HttpRequest = {
      url,
      deadlineMs,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': 'meho-acceptance',
        ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
      },
      ...(url.protocol === 'https:' ? { agent } : {}),
      ...(ca === undefined ? {} : { tls: { ca } }),
      ...(connectTo === undefined ? {} : { connectTo }),
      ...(proxy === undefined ? {} : { proxy }),
    };
    try {
      const { timing, ...answer } = await exchange(request);
      const { status, headers } = answer;
      const serverTiming = headers['server-timing'];
      this.#asked.push({
        path,
        withToken: token !== undefined,
        status,
        timing,
        ...(typeof serverTiming === 'string' ? { serverTiming } : {}),
      });
      return { kind: 'answer', ...answer };
    } catch (error) {
      if (error instanceof TransportError) {
        return { kind: 'none', error };
      }
      throw error;
    }
  }

  #url(path: string): URL {
    const url = new URL(this.#address.origin);
    url.pathname = url.pathname.replace(/\/$/, '') + path;
    return url;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
    this.#afresh.destroy();
  }
}

function isUnrouted(reply: Reply): boolean {
  return reply.kind === 'answer' && isGatewayAnswer(reply);
}
