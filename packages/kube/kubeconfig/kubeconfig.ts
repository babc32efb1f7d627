import path from 'node:path';
import { readBounded, whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { type Entry, type Fields, isFields } from '../api/fields.ts';
import { LARGEST_BYTES, readDocument } from './kubeconfig-document.ts';
import { defaultKubeconfig } from './kubeconfig-place.ts';
import { conform } from './kubeconfig-shape.ts';

/*
 * Not @kubernetes/client-node (2.0.1): it loads in 0.3 s, lacks tokenFile and impersonation's groups, UID and extras,
 * stops at a missing KUBECONFIG file, refuses a name in two files, doesn't resolve exec plugins' folders or call them
 * again after a 401, and quotes what it can't parse. It would save the smaller half and hide differences from kubectl.
 * We follow client-go's tools/clientcmd (0.34), compared with a real kubectl by
 * harness/testing/packages/verifiers/kubectl-differential.spec.ts.
 */

/** Nearly all kubeconfigs are smaller. */

/** As merged by kubectl: the first entry of a name counts. */
export interface Kubeconfig {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly currentContext: string | undefined;
  /** For messages. */
  readonly source: string;
  readonly files: readonly string[];
  /** Missing files of KUBECONFIG. */
  readonly missing: readonly string[];
}

/**
 * Reads the named file, else KUBECONFIG's list, else `~/.kube/config`.
 * @param variable KUBECONFIG @returns undefined if there is none; no entries if all of KUBECONFIG's files are missing
 * @throws UsageError for an unreadable or invalid file
 */
export function readKubeconfig(file: string | undefined, variable: string | undefined): Kubeconfig | undefined {
  if (file !== undefined) {
    return merge([documentOf(file, readFile(file))], []);
  }
  if (variable === undefined) {
    const fallback = defaultKubeconfig();
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

/** Paths are relative to the working folder. */
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
  const document = conform(readDocument(bytes, source), problems);
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

/** kubectl refuses these within one file. */
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
    throw new UsageError([`kubeconfig ${file}: expected a readable file, but ${whyUnreadable(error)}`], {
      cause: error,
    });
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
