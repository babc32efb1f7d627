import { type Document, isScalar, parseAllDocuments, visit } from 'yaml';
import { UsageError } from '../problem.ts';
import { asGoYaml } from './go-yaml.ts';

/** What can't be read as YAML, told by line and kind of fault: the text itself may be a credential. */
class YamlFault extends Error {
  constructor(line: number, code: string) {
    super(`line ${line}: ${code.toLowerCase().replaceAll('_', ' ')}`);
    this.name = 'YamlFault';
  }
}

/** More than any kubeconfig holds, and little enough to be parsed at once. */
export const LARGEST_BYTES = 4 * 1024 * 1024;
/** Lines and members: what takes the parser its time, while certificates in base64 take none. */
const MOST_PIECES = 30_000;

/**
 * A file's first YAML document as kubectl reads it: UTF-8, or UTF-16 by its byte order mark; what stands behind a second
 * `---` isn't looked at; of keys that are there twice the last counts; scalars are what go-yaml makes of them, in which
 * `yes` is true and 12:30 is text.
 *
 * @param source names the file in messages, which hold nothing of its text
 * @returns null where the document is empty
 * @throws UsageError
 */
export function readDocument(bytes: Uint8Array, source: string): unknown {
  if (bytes.length > LARGEST_BYTES) {
    throw new UsageError([
      `kubeconfig ${source}: expected at most ${LARGEST_BYTES / 1024 / 1024} MiB, and it is larger`,
    ]);
  }
  const text = decoded(bytes, source);
  const pieces = text.match(/[\n,{[]/g)?.length ?? 0;
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

function decoded(bytes: Uint8Array, source: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    // A carriage return alone ends a line, too.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch (error) {
    throw new UsageError([`kubeconfig ${source}: expected text in UTF-8, or in UTF-16 with a byte order mark`], {
      cause: error,
    });
  }
}

/** What YAML allows in no place of a document, and the ends of lines that kubectl knows and its successors don't. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

function firstDocument(text: string, source: string): unknown {
  const [document] = parseAllDocuments(text, {
    ...asGoYaml,
    // Comparing each key with each other one takes minutes where there are many.
    uniqueKeys: false,
    prettyErrors: false,
  });
  if (document === undefined || !('errors' in document)) {
    return null;
  }
  const [error] = document.errors;
  if (error !== undefined) {
    throw unreadable(source, new YamlFault(text.slice(0, error.pos[0]).split('\n').length, error.code));
  }
  const late = text.includes('<<') ? lateMerge(document) : undefined;
  if (late !== undefined) {
    throw unreadable(source, new YamlFault(text.slice(0, late).split('\n').length, 'merge key behind other members'));
  }
  try {
    return document.toJS();
  } catch {
    // Its message may hold an anchor's name, and with it a piece of the text.
    throw unreadable(source, new YamlFault(1, 'alias that leads nowhere or to too much'));
  }
}

/** Where a merge key stands behind members: kubectl overrides them by what is merged, which YAML has otherwise. */
function lateMerge(document: Document.Parsed): number | undefined {
  let late: number | undefined;
  visit(document, {
    Map(_, { items }) {
      const at = items.findIndex(({ key }) => isScalar(key) && key.source === '<<' && key.type === 'PLAIN');
      const key = items[at]?.key;
      late = at > 0 && isScalar(key) ? key.range?.[0] : undefined;
      return late === undefined ? undefined : visit.BREAK;
    },
  });
  return late;
}

function unreadable(source: string, cause: YamlFault): UsageError {
  return new UsageError([`kubeconfig ${source}: expected YAML, but it can't be parsed (${cause.message})`], { cause });
}
