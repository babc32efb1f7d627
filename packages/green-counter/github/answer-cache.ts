import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readBoundedText } from '@meho/core/bounded-file';
import { parseJson } from '@meho/core/http/bounded-json';

/** For conditional requests: a 304 costs no rate limit. */
export interface CachedAnswer {
  readonly etag: string;
  readonly link: string | undefined;
  readonly body: string;
}

/** By URL; the folder keeps earlier runs'. Never holds the token. */
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
      const stored: unknown = parseJson(readBoundedText(this.#file(this.#folder, url)));
      return isStored(stored, url) ? stored : undefined;
    } catch {
      return undefined; // absent or truncated: fetched anew
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
