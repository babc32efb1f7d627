import { setFlagsFromString } from 'node:v8';
import { UsageError } from '@meho/core/problem';
import { parseAllDocuments } from 'yaml';
import { asGoYaml } from '../go-yaml.ts';

/** Names line and kind of fault: the text may be a credential. */
class YamlFault extends Error {
  constructor(line: number, code: string) {
    super(`line ${line}: ${code.toLowerCase().replaceAll('_', ' ')}`);
    this.name = 'YamlFault';
  }
}

/** Still fast to parse. */
export const LARGEST_BYTES = 4 * 1024 * 1024;
/** They determine parsing time; base64 costs nothing. */
const MOST_PIECES = 30_000;

/**
 * Reads as kubectl does: UTF-8, or UTF-16 by byte order mark; the last of duplicate keys wins; go-yaml's scalars (`yes`
 * is true, 12:30 is text) and merge keys.
 * @param source names the file in messages, which quote none of it @returns null for an empty document @throws
 * UsageError
 */
export function readDocument(bytes: Uint8Array, source: string): unknown {
  if (bytes.length > LARGEST_BYTES) {
    throw new UsageError([
      `kubeconfig ${source}: expected at most ${LARGEST_BYTES / 1024 / 1024} MiB, and it is larger`,
    ]);
  }
  if (bytes.length > LARGE_BYTES) {
    // From here on: two thousand contexts leave so much behind that V8 would give new objects up to 48 MiB more.
    setFlagsFromString('--semi-space-growth-factor=1');
  }
  const text = decodeText(bytes, source);
  const pieces = piecesIn(text);
  if (pieces > MOST_PIECES) {
    throw new UsageError([
      `kubeconfig ${source}: expected at most ${MOST_PIECES} lines and members, and there are ${pieces}`,
    ]);
  }
  const unprintable = text.search(UNPRINTABLE);
  if (unprintable >= 0) {
    throw unreadable(source, new YamlFault(text.slice(0, unprintable).split('\n').length, 'control character'));
  }
  return firstDocument(text, source);
}

const LARGE_BYTES = 256 * 1024;

function piecesIn(text: string): number {
  let pieces = 0;
  for (const _ of text.matchAll(/[\n,{[]/g)) {
    pieces += 1;
  }
  return pieces;
}

function decodeText(bytes: Uint8Array, source: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    // A lone carriage return ends a line too.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch (error) {
    throw new UsageError([`kubeconfig ${source}: expected text in UTF-8, or in UTF-16 with a byte order mark`], {
      cause: error,
    });
  }
}

/** Forbidden by YAML, and line ends that only kubectl knows. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

function firstDocument(text: string, source: string): unknown {
  const [document] = parseAllDocuments(text, {
    ...asGoYaml,
    prettyErrors: false,
  });
  if (document === undefined || !('errors' in document)) {
    return null;
  }
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit === true && yaml.version !== '1.1') {
    throw unreadable(source, new YamlFault(1, `version ${yaml.version}, and kubectl takes 1.1`));
  }
  const [error] = document.errors;
  if (error !== undefined) {
    throw unreadable(source, new YamlFault(text.slice(0, error.pos[0]).split('\n').length, error.code));
  }
  try {
    return document.toJS();
  } catch {
    // Its message may quote the text.
    throw unreadable(source, new YamlFault(1, 'alias that leads nowhere or to too much'));
  }
}

function unreadable(source: string, cause: YamlFault): UsageError {
  return new UsageError([`kubeconfig ${source}: expected YAML, but it can't be parsed (${cause.message})`], { cause });
}
