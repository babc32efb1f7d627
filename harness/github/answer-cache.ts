import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** An answer that GitHub may confirm with a 304, which costs nothing of the rate limit. */
export interface CachedAnswer {
  readonly etag: string;
  readonly link: string | undefined;
  readonly body: string;
}

/** Answers by their URL: of this run, and of earlier ones where there is a folder. Never holds the token. */
export class AnswerCache {
  readonly #folder: string | undefined;
  readonly #known = new Map<string, CachedAnswer>();

  constructor(folder?: string) {
    this.#folder = folder;
  }

  async get(url: string): Promise<CachedAnswer | undefined> {
    const known = this.#known.get(url);
    if (known !== undefined || this.#folder === undefined) {
      return known;
    }
    try {
      const stored: unknown = JSON.parse(await readFile(this.#file(this.#folder, url), 'utf8'));
      return isStored(stored, url) ? stored : undefined;
    } catch {
      return undefined; // not there, or half written: it is asked for anew
    }
  }

  async put(url: string, answer: CachedAnswer): Promise<void> {
    this.#known.set(url, answer);
    if (this.#folder === undefined) {
      return;
    }
    const file = this.#file(this.#folder, url);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.part`, JSON.stringify({ url, ...answer }), { mode: 0o600 });
    await rename(`${file}.part`, file);
  }

  #file(folder: string, url: string): string {
    return path.join(folder, `${createHash('sha256').update(url).digest('hex')}.json`);
  }
}

function isStored(value: unknown, url: string): value is CachedAnswer {
  const stored = value as Partial<Record<'url' | 'etag' | 'body' | 'link', unknown>> | null;
  return (
    stored !== null &&
    stored.url === url &&
    typeof stored.etag === 'string' &&
    typeof stored.body === 'string' &&
    (stored.link === undefined || typeof stored.link === 'string')
  );
}
