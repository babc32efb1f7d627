import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Header, type Pack, pack } from 'tar-stream';

export interface Layer {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly diffId: string;
}

export async function writeArchive(path: string, fill: (archive: ArchiveWriter) => Promise<void>): Promise<Layer> {
  const packer = pack();
  const hash = createHash('sha256');
  const tap = new PassThrough();
  tap.on('data', (chunk: Buffer) => hash.update(chunk));
  const written = pipeline(packer, tap, createWriteStream(path));
  await Promise.all([written, fillArchive(packer, fill)]);
  return { path, size: (await stat(path)).size, diffId: `sha256:${hash.digest('hex')}` };
}

/** A failure also fails the reader, so that nobody waits for the rest. */
export async function fillArchive(packer: Pack, fill: (archive: ArchiveWriter) => Promise<void>): Promise<void> {
  try {
    await fill(new ArchiveWriter(packer));
    packer.finalize();
  } catch (error) {
    packer.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** Same owner and time throughout, so that equal contents make equal images. */
const common = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: new Date(946_684_800_000) };

export class ArchiveWriter {
  readonly #packer: Pack;

  constructor(packer: Pack) {
    this.#packer = packer;
  }

  /** @param name without leading slash; also below */
  folder(name: string, mode = 0o755): Promise<void> {
    return this.#entry({ name: `${name}/`, type: 'directory', mode });
  }

  link(name: string, target: string): Promise<void> {
    return this.#entry({ name, type: 'symlink', linkname: target, mode: 0o777 });
  }

  text(name: string, text: string, mode = 0o644): Promise<void> {
    return this.#entry({ name, mode }, text);
  }

  async file(name: string, source: string, mode = 0o644): Promise<void> {
    const { size } = await stat(source);
    await this.stream(name, createReadStream(source), size, mode);
  }

  async stream(name: string, content: Readable, size: number, mode = 0o644): Promise<void> {
    await pipeline(content, this.#packer.entry({ ...common, name, size, mode }));
  }

  #entry(header: Pick<Header, 'name' | 'mode'> & Partial<Header>, content?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null) => (error ? reject(error) : resolve());
      if (content === undefined) {
        this.#packer.entry({ ...common, ...header }, done);
      } else {
        this.#packer.entry({ ...common, ...header }, content, done);
      }
    });
  }
}
