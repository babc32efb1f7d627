import path from 'node:path';
import { readBounded } from '../bounded-file.ts';
import { messageOf, UsageError } from '../problem.ts';
import { type Entry, type Fields, isFields } from './fields.ts';
import { LARGEST_BYTES, readDocument } from './kubeconfig-document.ts';
import { ownKubeconfig } from './kubeconfig-place.ts';
import { conform, kubeconfigShape } from './kubeconfig-shape.ts';

/*
 * Read by us and not by the official client's loader (@kubernetes/client-node 2.0.1): that one takes 0.3 s to load,
 * knows neither tokenFile nor the groups, the UID and the extras of an impersonation, stops at a file of KUBECONFIG
 * that isn't there, refuses two files with an entry of one name, joins exec plugins to no folder, asks none again after
 * a 401, and quotes the text of what it can't parse. What it would save is the smaller half, and the difference to
 * kubectl would be hidden in it. client-go's tools/clientcmd (0.34) is what is followed, and
 * harness/verifiers/kubectl-differential.spec.ts
 * holds us to it with a real kubectl.
 */

/** Kubeconfigs are smaller than that, nearly all of them. */

/** Several kubeconfig files read as one, as kubectl does: of entries of one name the first counts. */
export interface Kubeconfig {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly currentContext: string | undefined;
  /** For messages: the file or files it came from. */
  readonly source: string;
  /** The files that were read. */
  readonly files: readonly string[];
  /** Those of KUBECONFIG that aren't there. */
  readonly missing: readonly string[];
}

/**
 * Finds and reads the kubeconfig: the file named, else KUBECONFIG's list, else `~/.kube/config`.
 *
 * @param variable the value of KUBECONFIG
 * @returns undefined where there is none at all; one without entries where none of KUBECONFIG's files is there
 * @throws UsageError when a file can't be read or is no kubeconfig
 */
export function readKubeconfig(file: string | undefined, variable: string | undefined): Kubeconfig | undefined {
  if (file !== undefined) {
    return merge([documentOf(file, readFile(file))], []);
  }
  if (variable === undefined) {
    const fallback = ownKubeconfig();
    const bytes = readIfThere(fallback);
    return bytes && merge([documentOf(fallback, bytes)], []);
  }
  const files = [...new Set(variable.split(path.delimiter))].filter((name) => name !== '');
  const problems: string[] = [];
  const missing: string[] = [];
  const documents = files.flatMap((name) => {
    try {
      const bytes = readIfThere(name);
      if (bytes === undefined) {
        missing.push(name);
        return [];
      }
      return [documentOf(name, bytes)];
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return merge(documents, missing);
}

/** A kubeconfig given as text, e.g. by a cluster that this run has started. Relative paths in it hang on the working folder. */
export function parseKubeconfig(text: string, source = 'the kubeconfig'): Kubeconfig {
  return merge([documentOf(source, Buffer.from(text), process.cwd())], []);
}

interface Document {
  readonly source: string;
  readonly fields: Fields;
  readonly folder: string;
}

function documentOf(source: string, bytes: Uint8Array, folder = path.dirname(path.resolve(source))): Document {
  const problems: string[] = [];
  const document = conform(readDocument(bytes, source), kubeconfigShape, '', problems);
  const fields = isFields(document) ? document : {};
  const { kind = 'Config', apiVersion = 'v1' } = fields;
  if (problems.length === 0 && ((kind !== 'Config' && kind !== '') || (apiVersion !== 'v1' && apiVersion !== ''))) {
    problems.push('expected kind Config of apiVersion v1, got another');
  }
  problems.push(...['clusters', 'users', 'contexts'].flatMap((list) => namedTwice(list, fields[list])));
  if (problems.length > 0) {
    throw new UsageError(problems.map((problem) => `kubeconfig ${source}: ${problem}`));
  }
  return { source, fields, folder };
}

/** kubectl refuses two entries of one name in one file; across files the first one counts. */
function namedTwice(list: string, items: unknown): readonly string[] {
  const names = new Set<unknown>();
  return (Array.isArray(items) ? items : []).flatMap((item: unknown, at) => {
    const name = (isFields(item) ? item['name'] : undefined) ?? '';
    const twice = names.has(name);
    names.add(name);
    return twice ? [`${list}[${at}].name: expected a name of its own, got one that stands before it`] : [];
  });
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFile(file);
  } catch (error) {
    const cause = error instanceof UsageError ? error.cause : error;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function readFile(file: string): Uint8Array {
  try {
    return readBounded(file, LARGEST_BYTES);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EFBIG') {
      throw new UsageError([
        `kubeconfig ${file}: expected at most ${LARGEST_BYTES / 1024 / 1024} MiB, and it is larger`,
      ]);
    }
    throw new UsageError([`kubeconfig ${file}: expected a readable file, but ${messageOf(error)}`], { cause: error });
  }
}

function merge(documents: readonly Document[], missing: readonly string[]): Kubeconfig {
  const entries = (list: string, member: string) => {
    const all = documents.flatMap(({ fields, folder }) => entriesOf(fields[list], member, folder));
    return [...new Map(all.toReversed().map((entry) => [entry.name, entry])).values()].toReversed();
  };
  const current = documents.map(({ fields }) => fields['current-context']);
  const files = documents.map(({ source }) => source);
  return {
    clusters: entries('clusters', 'cluster'),
    users: entries('users', 'user'),
    contexts: entries('contexts', 'context'),
    currentContext: current.find((name) => typeof name === 'string' && name !== '') as string | undefined,
    source: (files.length === 0 ? missing : files).join(', '),
    files,
    missing,
  };
}

function entriesOf(list: unknown, member: string, folder: string): readonly Entry[] {
  return (Array.isArray(list) ? list : []).filter(isFields).map((item) => {
    const { [member]: fields, name } = item;
    return { name: typeof name === 'string' ? name : '', fields: isFields(fields) ? fields : {}, folder };
  });
}
