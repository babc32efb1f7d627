import { resolve } from 'node:path';
import { UsageError } from '@meho/core/problem';
import type { Entry, Fields } from '@meho/kube/api/fields';
import type { Kubeconfig } from '@meho/kube/kubeconfig/kubeconfig';

/**
 * Unlike kubectl, ignores `current-context`: with several contexts one must be named, as a test will run there.
 * @throws UsageError listing the contexts
 */
export function chooseContext({ contexts, source }: Kubeconfig, wanted: string | undefined): string {
  const names = contexts.map(({ name }) => name);
  const [only] = names;
  if (only === undefined) {
    throw new UsageError([`kubeconfig ${source}: it isn't a kubeconfig with a context`]);
  }
  if (wanted === undefined && names.length > 1) {
    throw new UsageError([
      `kubeconfig ${source}: it has ${names.length} contexts; name one with --context: ${names.join(', ')}`,
    ]);
  }
  if (wanted !== undefined && !names.includes(wanted)) {
    throw new UsageError([`kubeconfig ${source}: it has no context ${wanted}; it has ${names.join(', ')}`]);
  }
  return wanted ?? only;
}

/** Valid anywhere, and tools can't use another context by mistake. Holds credentials. */
export function singleContext({ contexts, clusters, users }: Kubeconfig, context: string): string {
  const entry = contexts.find(({ name }) => name === context);
  const cluster = clusters.find(({ name }) => name === entry?.fields['cluster']);
  const user = users.find(({ name }) => name === entry?.fields['user']);
  const named = (found: Entry | undefined, member: string, paths: readonly string[]) =>
    found === undefined ? [] : [{ name: found.name, [member]: withAbsolutePaths(found, paths) }];
  // Every YAML parser reads JSON alike: names like `on` or 1e3 stay text.
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named(cluster, 'cluster', ['certificate-authority']),
    users: named(user, 'user', ['client-certificate', 'client-key', 'tokenFile']),
    contexts: named(entry, 'context', []),
    'current-context': context,
  });
}

function withAbsolutePaths({ fields, folder }: Entry, members: readonly string[]): Fields {
  const paths = members.flatMap((member) => {
    const path = fields[member];
    return typeof path === 'string' && path !== '' ? [[member, resolve(folder, path)] as const] : [];
  });
  return { ...fields, ...Object.fromEntries(paths), ...absolutePlugin(fields['exec'], folder) };
}

/** A plugin command with a slash is relative to the kubeconfig; a bare name is looked up on PATH. */
function absolutePlugin(exec: unknown, folder: string): Fields {
  if (typeof exec !== 'object' || exec === null || !('command' in exec) || typeof exec.command !== 'string') {
    return {};
  }
  return exec.command.includes('/') ? { exec: { ...exec, command: resolve(folder, exec.command) } } : {};
}
