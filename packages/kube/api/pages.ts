import { TransportError } from '@meho/core/http/transport-error';
import { leftMs } from '@meho/core/wait/left-ms';
import { type ApiRequest, type ListPage, notKubernetes } from './answer.ts';
import { isExpired } from './kube-error.ts';

const MIB = 1024 * 1024;

/** Bytes per answer. etcd holds at most 1.5 MB per object, several times that as JSON. */
export const answerLimits = {
  object: 16 * MIB,
  page: 8 * MIB,
  /** All pages of one list. */
  list: 64 * MIB,
  /** Proxied, e.g. the end of a log. */
  text: 16 * MIB,
} as const;

/** kubectl's, then smaller for large objects. */
const pageSizes = [500, 50, 5, 1] as const;
/** The server forgets a list's snapshot after minutes. */
const mostReadings = 3;

interface Page<T> extends ListPage<T> {
  readonly bytes: number;
}

interface PageRequest {
  /** `limit` and `continue`. */
  readonly query: Readonly<Record<string, string>>;
  readonly limitBytes: number;
  readonly withinMs: number;
}

export interface Pages<T> {
  readonly asked: ApiRequest;
  /** For all pages. */
  readonly deadlineMs: number;
  readonly ask: (request: PageRequest) => Promise<Page<T>>;
}

export interface WholeList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/**
 * Never holds a large list as text.
 * @throws NotKubernetes for an endless list, and what `ask` throws
 */
export async function wholeList<T>(pages: Pages<T>): Promise<WholeList<T>> {
  const started = performance.now();
  for (let readings = 1; ; readings += 1) {
    try {
      return await readOnce(pages, started);
    } catch (error) {
      if (!isExpired(error) || readings === mostReadings) {
        throw error;
      }
    }
  }
}

async function readOnce<T>({ ask, asked, deadlineMs }: Pages<T>, started: number): Promise<WholeList<T>> {
  const items: T[] = [];
  const sizes = pageSizes.values();
  let [size = 1, bytes, next]: [number | undefined, number, string | undefined] = [sizes.next().value, 0, undefined];
  while (true) {
    let page: Page<T>;
    try {
      page = await ask({
        query: { limit: String(size), ...(next === undefined ? {} : { continue: next }) },
        limitBytes: size === 1 ? answerLimits.object : answerLimits.page,
        withinMs: leftMs(deadlineMs, started),
      });
    } catch (error) {
      // After smaller pages were asked for, too: of a second try's last millisecond no reader could make anything.
      if ((next !== undefined || size !== pageSizes[0]) && isTimeout(error)) {
        throw unended(items.length, { asked, deadlineMs, cause: error });
      }
      const smaller = isTooLarge(error) ? sizes.next().value : undefined;
      if (smaller === undefined) {
        throw error;
      }
      size = smaller;
      continue;
    }
    bytes += page.bytes;
    if (bytes > answerLimits.list) {
      throw notKubernetes(asked, `it sends a list of more than ${answerLimits.list / MIB} MiB`);
    }
    for (const item of page.items) {
      items.push(item);
    }
    if (page.next === undefined) {
      return { items, resourceVersion: page.resourceVersion };
    }
    if (page.items.length === 0 || page.next === next) {
      throw notKubernetes(asked, 'it sends a list that is said to go on, and does not');
    }
    next = page.next;
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof TransportError && error.failure === 'too-large';
}

function isTimeout(error: unknown): boolean {
  return error instanceof TransportError && error.failure.endsWith('-timeout');
}

interface Unended {
  readonly asked: ApiRequest;
  readonly deadlineMs: number;
  readonly cause: unknown;
}

function unended(count: number, { asked, deadlineMs, cause }: Unended): TransportError {
  const observed = `${asked.server.host} sent ${count} objects within ${deadlineMs / 1000} s, and that was not the end of the list`;
  return new TransportError('body-timeout', observed, 'look at how much load the API server is under', { cause });
}
