import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { messageOf, UsageError } from '../problem.ts';

/** One named entry of a kubeconfig, with the folder its relative paths hang on. */
export interface Entry {
  readonly name: string;
  readonly fields: Fields;
  readonly folder: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Several kubeconfig files read as one, as kubectl does: of entries of one name the first counts. */
export interface Kubeconfig {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly currentContext: string | undefined;
  /** For messages: the file or files it came from. */
  readonly source: string;
}

/**
 * Finds and reads the kubeconfig: the file named, else KUBECONFIG's list, else `~/.kube/config`.
 *
 * @param variable the value of KUBECONFIG
 * @returns undefined where there is none at all
 * @throws UsageError when a file can't be read or is no kubeconfig
 */
export function readKubeconfig(file: string | undefined, variable: string | undefined): Kubeconfig | undefined {
  if (file !== undefined) {
    return merge([readFile(file)], file);
  }
  if (variable !== undefined) {
    const files = variable.split(path.delimiter).filter((name) => name !== '');
    const there = files.filter((name) => existsSync(name));
    if (there.length === 0) {
      throw new UsageError([`KUBECONFIG: expected a readable file, but ${files.join(', ')} does not exist`]);
    }
    return merge(there.map(readFile), there.join(', '));
  }
  const fallback = path.join(homedir(), '.kube', 'config');
  return existsSync(fallback) ? merge([readFile(fallback)], fallback) : undefined;
}

/** A kubeconfig given as text, e.g. by a cluster that this run has started. Relative paths in it hang on the working folder. */
export function parseKubeconfig(text: string, source = 'the kubeconfig'): Kubeconfig {
  return merge([{ document: parseDocument(text, source), folder: process.cwd() }], source);
}

interface Document {
  readonly document: Fields;
  readonly folder: string;
}

function readFile(file: string): Document {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError([`kubeconfig ${file}: expected a readable file, but ${messageOf(error)}`], { cause: error });
  }
  return { document: parseDocument(text, file), folder: path.dirname(path.resolve(file)) };
}

function parseDocument(text: string, source: string): Fields {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    // The parser's message quotes the text, which may be a credential.
    throw new UsageError([`kubeconfig ${source}: expected YAML, but it can't be parsed`], { cause: error });
  }
  if (!isFields(document)) {
    throw new UsageError([`kubeconfig ${source}: expected a kubeconfig, but it holds no mapping`]);
  }
  return document;
}

function merge(documents: readonly Document[], source: string): Kubeconfig {
  const entries = (list: string, member: string) =>
    documents.flatMap(({ document, folder }) => entriesOf(document[list], member, folder));
  const current = documents.map(({ document }) => document['current-context']).find((name) => name !== undefined);
  return {
    clusters: entries('clusters', 'cluster'),
    users: entries('users', 'user'),
    contexts: entries('contexts', 'context'),
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
    source,
  };
}

function entriesOf(list: unknown, member: string, folder: string): readonly Entry[] {
  return Array.isArray(list)
    ? list.filter(isFields).flatMap((item) => {
        const fields = item[member];
        return typeof item['name'] === 'string'
          ? [{ name: item['name'], fields: isFields(fields) ? fields : {}, folder }]
          : [];
      })
    : [];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
