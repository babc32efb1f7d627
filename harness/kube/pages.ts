import { TransportError } from '../http/transport-error.ts';
import { leftMs } from '../wait/left-ms.ts';
import { type Asked, notKubernetes, type PartOfList } from './answer.ts';
import { isExpired } from './kube-error.ts';

const MIB = 1024 * 1024;

/** What an answer may hold, in bytes. An object is kept in etcd in at most 1.5 MB; as JSON it is some times that. */
export const answerLimits = {
  object: 16 * MIB,
  page: 8 * MIB,
  /** All pages of one list. */
  list: 64 * MIB,
  /** What the API server passes on, e.g. the end of a log. */
  text: 16 * MIB,
} as const;

/** How many objects are asked for at once, as kubectl does it; fewer where those are too large together. */
const pageSizes = [500, 50, 5, 1] as const;
/** A list is read as of one moment. The server forgets it some minutes later, and then it is read anew. */
const mostReadings = 3;

/** A part of a list as it was answered. */
export interface Page<T> extends PartOfList<T> {
  readonly bytes: number;
}

export interface PageRequest {
  /** `limit` and `continue`. */
  readonly query: Readonly<Record<string, string>>;
  readonly limitBytes: number;
  /** What is left for it, in milliseconds. */
  readonly withinMs: number;
}

export interface Pages<T> {
  readonly asked: Asked;
  /** For all of them, in milliseconds. */
  readonly deadlineMs: number;
  readonly ask: (request: PageRequest) => Promise<Page<T>>;
}

export interface WholeList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/**
 * A whole list in pages, so that a large one is never held as text at once.
 *
 * @throws NotKubernetes for one that has no end; whatever `ask` throws
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
      if (next !== undefined && isTimeout(error)) {
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
  readonly asked: Asked;
  readonly deadlineMs: number;
  readonly cause: unknown;
}

function unended(count: number, { asked, deadlineMs, cause }: Unended): TransportError {
  const observed = `${asked.server.host} sent ${count} objects within ${deadlineMs / 1000} s, and that was not the end of the list`;
  return new TransportError('body-timeout', observed, 'look at how much load the API server is under', { cause });
}
