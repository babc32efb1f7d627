import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 64 * 1024;
/** More than any file that is written by hand, or by a program for one. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/**
 * A whole file, and not more than one byte over the limit: /dev/zero has no end, and a log may be named by mistake.
 *
 * @throws an error of the system; its code is EFBIG for a larger file
 */
export function readBounded(file: string, largestBytes: number = LARGEST_BYTES): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const pieces: Buffer[] = [];
    let length = 0;
    let read: number;
    do {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, largestBytes + 1 - length));
      read = readSync(descriptor, piece);
      pieces.push(piece.subarray(0, read));
      length += read;
    } while (read > 0 && length <= largestBytes);
    if (length > largestBytes) {
      throw Object.assign(new Error(`EFBIG: it is larger than ${largestBytes / 1024 / 1024} MiB`), { code: 'EFBIG' });
    }
    return Buffer.concat(pieces);
  } finally {
    closeSync(descriptor);
  }
}

/** The same as text. */
export function readBoundedText(file: string): string {
  return readBounded(file).toString('utf8');
}
