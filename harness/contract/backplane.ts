import { setTimeout as delay } from 'node:timers/promises';
import { Connections } from '../http/connections.ts';
import { exchange, type HttpAnswer, type HttpRequest, type Timing } from '../http/exchange.ts';
import type { ProxyServer } from '../http/proxy.ts';
import { TransportError } from '../http/transport-error.ts';
import { isGateways } from './answers.ts';
import type { Secret } from './secret.ts';

/** What came back for one path: an answer, or why there was none. */
export type Reply = Answered | { readonly kind: 'none'; readonly error: TransportError };

export type Answered = { readonly kind: 'answer' } & HttpAnswer & {
    /** How long it was waited for the route to the backplane before this answer; absent where the first one was it. */
    readonly routedAfterMs?: number;
  };

/** A request that was answered, with where its time went. */
export interface Asked {
  readonly path: string;
  readonly withToken: boolean;
  readonly status: number;
  readonly timing: Timing;
  /** What the backplane itself says of it in `Server-Timing`, where it does. */
  readonly serverTiming?: string;
}

export interface BackplaneAddress {
  /** Scheme, host and port; a path here is the prefix of every path asked for. */
  readonly origin: URL;
  /** Roots to trust, in PEM; Node's own where absent. */
  readonly ca?: readonly string[];
  readonly connectTo?: { readonly host: string; readonly port: number };
  readonly proxy?: ProxyServer;
  /** For one answer, in milliseconds. */
  readonly deadlineMs: number;
  /** How long what stands before the backplane may take from the first request on until it knows of it; none where absent. */
  readonly routedWithinMs?: number;
}

const ROUTE_INTERVAL_MS = 200;

/**
 * The backplane as a client sees it. An ingress controller learns of ready pods a moment after the API server does:
 * what it answers by itself until then is asked again, where no token goes with it and asking twice leaves no trace.
 * Each path is asked once, with and without a token: every check of a run judges
 * the same answer, and a run leaves one audit row.
 */
export class Backplane implements Disposable {
  readonly #address: BackplaneAddress;
  readonly #agent: Connections;
  readonly #replies = new Map<string, Promise<Reply>>();
  readonly #asked: Asked[] = [];
  #firstAskedAt: number | undefined;

  constructor(address: BackplaneAddress) {
    this.#address = address;
    // On a kept connection that is closed meanwhile a request would have to be sent again; what was agreed for TLS is kept.
    this.#agent = new Connections({ keepAlive: false });
  }

  /** Every request that was answered so far, in the order of the answers. */
  get asked(): readonly Asked[] {
    return this.#asked;
  }

  /** The URL of a path, for messages. */
  urlOf(path: string): string {
    return this.#url(path).href;
  }

  /** `GET path`, with the token as bearer where one is given. Never throws but for an abort. */
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

  /** `GET path` anew and over a connection of its own, so that another replica may answer. */
  getAfresh(path: string, signal: AbortSignal): Promise<Reply> {
    return this.#askRouted(path, signal, new Connections({ keepAlive: false, maxCachedSessions: 0 }));
  }

  /** Over a connection of its own: on a kept one that is closed meanwhile, the request would have to be sent again. */
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
  }
}

function isUnrouted(reply: Reply): boolean {
  return reply.kind === 'answer' && isGateways(reply);
}
