import { closeSync, constants, fstatSync, openSync, readSync, statfsSync, statSync } from 'node:fs';
import { PipeReader } from './pipe.ts';

const PIECE_BYTES = 64 * 1024;
/** Larger than any plausible input file. */
const LARGEST_BYTES = 16 * 1024 * 1024;
/** Linux's file system of anonymous pipes, e.g. a shell's `<(…)`: their writer is there from the start. */
const PIPEFS = 0x50495045;

/**
 * /dev/zero is endless, and a user may name a log by mistake.
 * @throws system errors; EFBIG for a larger file, ETIMEDOUT for a silent pipe
 */
export function readBounded(file: string, largestBytes: number = LARGEST_BYTES): Buffer {
  // Without O_NONBLOCK, opening a named pipe that nobody writes to never returns.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (stat.isFIFO()) {
      return onlyOnce(pipeOf(stat), () => readPipe(descriptor, { awaitsWriter: awaitsWriter(file), largestBytes }));
    }
    return stat.isCharacterDevice()
      ? readPipe(descriptor, { awaitsWriter: false, largestBytes })
      : upTo(largestBytes, (piece) => readSync(descriptor, piece));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads the pipes among these before their flags do, which can't be interrupted: a signal then ends the wait for them
 * as it ends any other.
 * @throws the signal's reason
 */
export async function readPipesAhead(files: readonly string[], signal: AbortSignal): Promise<void> {
  await Promise.all(files.filter(isPipe).map((file) => readPipeAhead(file, signal)));
}

function isPipe(file: string): boolean {
  try {
    return statSync(file).isFIFO();
  } catch {
    // Whoever reads it says what is wrong.
    return false;
  }
}

async function readPipeAhead(file: string, signal: AbortSignal): Promise<void> {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const key = pipeOf(fstatSync(descriptor));
    if (pipes.has(key)) {
      return;
    }
    using pipe = new PipeReader(descriptor, { awaitsWriter: awaitsWriter(file) });
    const pieces: Buffer[] = [];
    pipes.set(key, () => withinLimit(Buffer.concat(pieces), LARGEST_BYTES));
    for (let length = 0, last = 1; last > 0 && length <= LARGEST_BYTES; length += last) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      last = await pipe.readPatiently(piece, signal);
      pieces.push(piece.subarray(0, last));
    }
  } catch (error) {
    signal.throwIfAborted();
    pipes.set(pipeOf(fstatSync(descriptor)), () => {
      throw error;
    });
  } finally {
    closeSync(descriptor);
  }
}

function pipeOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

function awaitsWriter(file: string): boolean {
  return statfsSync(file).type !== PIPEFS;
}

const pipes = new Map<string, () => Buffer>();

/** A pipe gives its text once, and flags are read more than once. */
function onlyOnce(pipe: string, read: () => Buffer): Buffer {
  const known = pipes.get(pipe);
  if (known !== undefined) {
    return known();
  }
  try {
    const content = read();
    pipes.set(pipe, () => content);
    return content;
  } catch (error) {
    pipes.set(pipe, () => {
      throw error;
    });
    throw error;
  }
}

function readPipe(
  descriptor: number,
  { awaitsWriter, largestBytes }: { readonly awaitsWriter: boolean; readonly largestBytes: number },
): Buffer {
  using pipe = new PipeReader(descriptor, { awaitsWriter });
  return upTo(largestBytes, (piece) => pipe.read(piece));
}

export function readBoundedText(file: string): string {
  return readBounded(file).toString('utf8');
}

/** Omits the file's name, which may be a misplaced secret. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) {
    return "it can't be opened";
  }
  const why = new Map([
    ['ENOENT', 'there is none'],
    ['EISDIR', 'it is a folder'],
    ['ENXIO', 'it is a socket, or a device that is not there'],
    ['EACCES', 'its permissions forbid it'],
    ['ELOOP', 'its links lead in a circle'],
  ]).get(code);
  // Our own errors say more than their code.
  const own = code === 'EFBIG' || code === 'ETIMEDOUT' ? /^\w+: (.*)$/.exec((error as Error).message)?.[1] : undefined;
  return why === undefined && own === undefined ? code : `${why ?? own} (${code})`;
}

function upTo(largestBytes: number, read: (piece: Buffer) => number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  let last: number;
  do {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, largestBytes + 1 - length));
    last = read(piece);
    pieces.push(piece.subarray(0, last));
    length += last;
  } while (last > 0 && length <= largestBytes);
  return withinLimit(Buffer.concat(pieces), largestBytes);
}

function withinLimit(content: Buffer, largestBytes: number): Buffer {
  if (content.length > largestBytes) {
    throw Object.assign(new Error(`EFBIG: it is larger than ${largestBytes / 1024 / 1024} MiB`), { code: 'EFBIG' });
  }
  return content;
}
