import { parseJson, TooManyMembers } from '@meho/core/http/bounded-json';
import { Connections } from '@meho/core/http/connections';
import { exchange, type HttpAnswer, type TlsOptions } from '@meho/core/http/exchange';
import type { ProxyServer } from '@meho/core/http/proxy';
import { retryRequest } from '@meho/core/http/retry';
import { TransportError } from '@meho/core/http/transport-error';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { AnswerCache } from './answer-cache.ts';
import { GithubError } from './github-error.ts';
import { nextLink } from './link.ts';
import { rateLimitWaitMs } from './rate-limit.ts';

export interface GithubOptions {
  /** E.g. `https://api.github.com`. */
  readonly apiUrl: URL;
  /** Secret: only for the Authorization header. */
  readonly token: string;
  /** Per answer, retries included. */
  readonly deadlineMs: number;
  /** An attempt's minimum; GitHub's own limit where absent. */
  readonly attemptMs?: number;
  /** For all rate limits together. */
  readonly rateLimitPatienceMs: number;
  readonly signal: AbortSignal;
  readonly cache?: AnswerCache;
  readonly tls?: TlsOptions;
  readonly proxy?: ProxyServer;
  readonly onWait?: (line: string) => void;
}

/** GitHub's own limit: a longer wait means a dead connection. */
const longestAnswerMs = 10_000;
/** GitHub's limits are in whole seconds. */
const leastWaitMs = 1000;
/** A hundred runs with repositories take 1 to 2 MB. */
const answerLimitBytes = 32 * 1024 * 1024;
/** Beyond any real list: bounds an endless chain of links. */
const mostPages = 1000;

/** Read only, with pages, conditional requests, limits and retries. */
export class Github implements Disposable {
  readonly #options: GithubOptions;
  readonly #cache: AnswerCache;
  readonly #agent: Connections | undefined;
  #patienceMs: number;
  #requests = 0;
  #confirmed = 0;

  constructor(options: GithubOptions) {
    this.#options = options;
    this.#cache = options.cache ?? new AnswerCache();
    this.#patienceMs = options.rateLimitPatienceMs;
    this.#agent = options.apiUrl.protocol === 'https:' ? new Connections({ keepAlive: true }) : undefined;
  }

  /** `confirmed` counts 304 answers. */
  get traffic(): { readonly requests: number; readonly confirmed: number } {
    return { requests: this.#requests, confirmed: this.#confirmed };
  }

  /** @throws GithubError for 404 or an unusable answer */
  async get(path: string): Promise<unknown> {
    return (await this.#page(this.#url(path))).json;
  }

  /** Undefined for 404. @throws GithubError */
  async find(path: string): Promise<unknown> {
    const url = this.#url(path);
    const answer = await this.#ask(url);
    return answer.status === 404 ? undefined : this.#read(url, answer).json;
  }

  /** Follows GitHub's links. @throws GithubError */
  async *pages(path: string): AsyncGenerator<unknown> {
    const seen = new Set<string>();
    let url: URL | undefined = this.#url(path);
    while (url !== undefined) {
      if (seen.has(url.href) || seen.size >= mostPages) {
        throw new GithubError({
          expected: `the pages of ${where(url)} to come to an end`,
          observed: seen.has(url.href)
            ? `page ${seen.size} links back to ${pageOf(url)}`
            : `${mostPages} pages, and a link to one more`,
          next: 'look at what stands between here and GitHub',
        });
      }
      seen.add(url.href);
      const { json, next }: Page = await this.#page(url);
      yield json;
      url = next;
    }
  }

  [Symbol.dispose](): void {
    this.#agent?.destroy();
  }

  #url(path: string): URL {
    return new URL(`${this.#options.apiUrl.href.replace(/\/$/, '')}${path}`);
  }

  async #page(url: URL): Promise<Page> {
    return this.#read(url, await this.#ask(url));
  }

  #read(url: URL, answer: Carried): Page {
    const { status, headers, body } = answer;
    if (status !== 200) {
      throw refusalError(url, answer);
    }
    let json: unknown;
    try {
      json = parseJson(body);
    } catch (error) {
      throw new GithubError(
        {
          expected: `JSON from ${where(url)}`,
          observed: error instanceof TooManyMembers ? error.message : `${body.length} characters that are none`,
          next: 'run again; where it stays so, look at what stands between here and GitHub',
        },
        { cause: error },
      );
    }
    return { json, next: this.#next(url, typeof headers['link'] === 'string' ? headers['link'] : undefined) };
  }

  /** The token only goes to the API, whatever a page links to. */
  #next(url: URL, header: string | undefined): URL | undefined {
    const target = nextLink(header);
    if (target === undefined) {
      return undefined;
    }
    const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined;
    if (next?.origin !== this.#options.apiUrl.origin) {
      throw new GithubError({
        expected: `the next page of ${where(url)} to be at ${this.#options.apiUrl.origin}`,
        observed: `a link to ${JSON.stringify(next?.origin ?? target)}`,
        next: 'look at what stands between here and GitHub',
      });
    }
    return next;
  }

  async #ask(url: URL): Promise<Carried> {
    const cached = await this.#cache.get(url.href);
    while (true) {
      const answer = await this.#carried(url, cached?.etag);
      this.#requests += 1;
      if (answer.status === 304 && cached !== undefined) {
        this.#confirmed += 1;
        const link = cached.link === undefined ? {} : { link: cached.link };
        return { ...answer, status: 200, headers: { ...answer.headers, ...link }, body: cached.body };
      }
      const waitMs = rateLimitWaitMs(answer);
      if (waitMs === undefined) {
        await this.#keep(url, answer);
        return answer;
      }
      await this.#leaveAlone(waitMs, answer.status);
    }
  }

  async #keep(url: URL, { status, headers, body }: HttpAnswer): Promise<void> {
    if (status === 200 && headers.etag !== undefined) {
      const link = typeof headers['link'] === 'string' ? headers['link'] : undefined;
      await this.#cache.put(url.href, { etag: headers.etag, link, body });
    }
  }

  async #leaveAlone(askedMs: number, status: number): Promise<void> {
    // Limits a server that refuses without a wait.
    const waitMs = Math.max(askedMs, leastWaitMs);
    const seconds = Math.ceil(waitMs / 1000);
    if (waitMs > this.#patienceMs) {
      throw new GithubError({
        expected: 'to be within the rate limit of GitHub',
        observed: `${status}: it wants to be left alone for ${seconds} s, and ${Math.floor(this.#patienceMs / 1000)} s of waiting are left`,
        next: `run again in ${seconds} s, or give --rate-limit-wait ${seconds}`,
      });
    }
    this.#patienceMs -= waitMs;
    this.#options.onWait?.(`GitHub's rate limit is used up: waiting ${seconds} s`);
    const until = performance.now() + waitMs;
    await waitFor(
      "GitHub's rate limit to be over",
      async () => (performance.now() >= until ? holds(undefined) : notYet('it is not')),
      { deadlineMs: waitMs + 10_000, intervalMs: Math.min(250, waitMs + 1), signal: this.#options.signal },
    );
  }

  /** Retries freely: it only reads. */
  async #carried(url: URL, etag: string | undefined): Promise<Carried> {
    const { token, deadlineMs, attemptMs = longestAnswerMs, signal, tls, proxy } = this.#options;
    let tried = 0;
    const send = async (leftMs: number): Promise<Carried> => {
      tried += 1;
      const answer = await exchange(
        {
          url,
          peer: 'github',
          deadlineMs: Math.min(leftMs, Math.max(deadlineMs / 2, attemptMs)),
          signal,
          headers: {
            accept: 'application/vnd.github+json',
            'x-github-api-version': '2022-11-28',
            'user-agent': 'meho-acceptance',
            authorization: `Bearer ${token}`,
            ...(etag === undefined ? {} : { 'if-none-match': etag }),
          },
          ...(this.#agent === undefined ? {} : { agent: this.#agent }),
          ...(tls === undefined ? {} : { tls }),
          ...(proxy === undefined ? {} : { proxy }),
        },
        answerLimitBytes,
      );
      return { ...answer, tried };
    };
    try {
      return await retryRequest(send, {
        ...{ whom: 'GitHub', deadlineMs, signal, ifPerhapsDone: 'repeat' },
        hasOwnLimits: true,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransportError)) {
        throw error;
      }
      throw new GithubError(
        {
          expected: `an answer from ${where(url)}`,
          observed: `${error.observed}${times(tried)}`,
          next: error.hint,
        },
        { cause: error.cause },
      );
    }
  }
}

/** With its number of requests. */
interface Carried extends HttpAnswer {
  readonly tried: number;
}

interface Page {
  readonly json: unknown;
  readonly next: URL | undefined;
}

/** Omits the origin and the common filters. */
function pageOf(url: URL): string {
  const page = url.searchParams.get('page');
  return page === null ? 'the first one' : `page ${page}`;
}

function where(url: URL): string {
  return `${url.host}${url.pathname}`;
}

function times(tried: number): string {
  return tried === 1 ? '' : ` (tried ${tried} times)`;
}

function refusalError(url: URL, { status, headers, body, tried }: Carried): GithubError {
  const { location } = headers;
  const said = /"message"\s*:\s*"([^"]{1,200})"/.exec(body)?.[1];
  return new GithubError(
    {
      expected: `200 from ${where(url)}`,
      observed: `${status}${location === undefined ? '' : ` to ${location}`}${said === undefined ? '' : ` (${said})`}${times(tried)}`,
      next: advice(status),
    },
    { status },
  );
}

function advice(status: number): string {
  switch (status) {
    case 401:
      return 'GITHUB_TOKEN is not taken: it may have expired';
    case 403:
      return 'GITHUB_TOKEN needs to read actions, checks, contents and pull requests of the repository';
    case 404:
      return 'check --repo and --workflow, and that GITHUB_TOKEN may read the repository';
    case 301:
    case 302:
    case 307:
    case 308:
      return 'the repository has moved: give its present name with --repo';
    default:
      return status >= 500 ? 'GitHub has trouble: run again later' : 'look at what GitHub says';
  }
}
