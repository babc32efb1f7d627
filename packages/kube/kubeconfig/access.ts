import { readPipesAhead } from '@meho/core/bounded-file';
import type { TlsOptions } from '@meho/core/http/exchange';
import { UsageError } from '@meho/core/problem';
import { type Entry, textOf } from '../api/fields.ts';
import { clusterOf } from './cluster-entry.ts';
import { credentialsOf, type Identity, type PluginUse } from './credentials.ts';
import type { Impersonation } from './impersonation.ts';
import { type Kubeconfig, readKubeconfig } from './kubeconfig.ts';
import { filesOf } from './kubeconfig-file.ts';
import { defaultKubeconfig } from './kubeconfig-place.ts';
import { podAccess } from './pod-access.ts';

/** Holds credentials: never printed. */
export interface ClusterAccess {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly identity: Identity;
  /** May hold a password. */
  readonly proxyUrl?: URL;
  /** E.g. `context lab of ~/.kube/config`. */
  readonly description: string;
  readonly origin?: AccessOrigin;
}

/** May be shown. */
export interface AccessOrigin {
  readonly from: 'kubeconfig' | 'service-account';
  readonly files: readonly string[];
  /** KUBECONFIG entries that don't exist. */
  readonly missing: readonly string[];
  readonly context?: string;
  readonly isOtherContext?: boolean;
  readonly cluster?: string;
  readonly user?: string;
  /** E.g. `token` or `exec plugin aws`. */
  readonly credentials: string;
  readonly impersonation?: Impersonation;
}

export interface AccessOptions {
  readonly file?: string | undefined;
  readonly context?: string | undefined;
  /** The value of KUBECONFIG. */
  readonly variable?: string | undefined;
  readonly inCluster?: { readonly host: string; readonly port: string } | undefined;
  /** Replaces the pod's service account folder in tests. */
  readonly serviceAccount?: string;
  readonly plugins?: PluginUse;
  readonly signal: AbortSignal;
}

/**
 * Looks where kubectl does: a kubeconfig that isn't empty, else the pod's service account.
 * @returns undefined if nothing names a cluster @throws UsageError
 */
export async function findAccess(options: AccessOptions): Promise<ClusterAccess | undefined> {
  const { file, context, variable, inCluster, serviceAccount, signal, plugins } = options;
  if (file === undefined && variable === undefined) {
    await readPipesAhead([defaultKubeconfig()], signal);
  }
  const kubeconfig = readKubeconfig(file, variable);
  if (kubeconfig !== undefined && saysSomething(kubeconfig)) {
    return accessOf(kubeconfig, context, signal, plugins);
  }
  if (context !== undefined) {
    throw new UsageError([`--context ${context}: there is no kubeconfig that could have it`]);
  }
  const pod = inCluster && podAccess(inCluster, serviceAccount);
  if (pod !== undefined) {
    const { missing = [], files = [] } = kubeconfig ?? {};
    return pod.origin === undefined ? pod : { ...pod, origin: { ...pod.origin, missing, files } };
  }
  if (kubeconfig === undefined) {
    return undefined;
  }
  const { source, missing } = kubeconfig;
  throw new UsageError([
    missing.length > 0
      ? `KUBECONFIG: expected a readable file, but ${missing.join(', ')} does not exist`
      : `kubeconfig ${source === '' ? 'of KUBECONFIG' : source}: it has no contexts`,
  ]);
}

function saysSomething({ clusters, users, contexts, currentContext }: Kubeconfig): boolean {
  return clusters.length + users.length + contexts.length > 0 || currentContext !== undefined;
}

/** @throws UsageError */
export async function accessOf(
  kubeconfig: Kubeconfig,
  wanted: string | undefined,
  signal: AbortSignal,
  plugins: PluginUse = 'usual',
): Promise<ClusterAccess> {
  const { source, files, missing, currentContext } = kubeconfig;
  const context = contextOf(kubeconfig, wanted);
  const cluster = named(kubeconfig, context, 'cluster');
  const user = named(kubeconfig, context, 'user');
  const description = `context ${context.name} of ${source}`;
  await readPipesAhead([...filesOf(cluster), ...filesOf(user)], signal);
  const { server, tls, proxyUrl, target } = clusterOf(cluster, `${description}: cluster ${cluster.name}`);
  const isSecure = server.protocol === 'https:';
  const { identity, origin } = await credentialsOf(user, { description, target, isSecure, signal, plugins });
  const { credentials, impersonation } = origin;
  return {
    server,
    tls,
    identity,
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    description,
    origin: {
      from: 'kubeconfig',
      files,
      missing,
      context: context.name,
      isOtherContext: context.name !== currentContext,
      cluster: cluster.name,
      user: user.name,
      credentials,
      ...(impersonation === undefined ? {} : { impersonation }),
    },
  };
}

/** Refuses where kubectl would fall back to localhost:8080 or an anonymous user. */
function contextOf({ contexts, currentContext, source }: Kubeconfig, wanted: string | undefined): Entry {
  const names = contexts.map(({ name }) => name).join(', ');
  const name = wanted ?? currentContext;
  if (name === undefined) {
    throw new UsageError([
      contexts.length === 0
        ? `kubeconfig ${source}: it has no contexts`
        : `kubeconfig ${source}: no context is current (current-context); give --context with one of ${names}`,
    ]);
  }
  const context = contexts.find((candidate) => candidate.name === name);
  if (context === undefined) {
    const there = names === '' ? 'it has none' : `it has ${names}`;
    throw new UsageError([`kubeconfig ${source}: there is no context ${name}; ${there}`]);
  }
  return context;
}

function named(kubeconfig: Kubeconfig, context: Entry, kind: 'cluster' | 'user'): Entry {
  const name = textOf(context.fields, kind);
  const entry = kubeconfig[`${kind}s`].find((candidate) => candidate.name === name);
  if (entry === undefined) {
    throw new UsageError([
      name === ''
        ? `kubeconfig ${kubeconfig.source}: context ${context.name} names no ${kind}`
        : `kubeconfig ${kubeconfig.source}: context ${context.name} names ${kind} ${name}, which is not there`,
    ]);
  }
  return entry;
}
