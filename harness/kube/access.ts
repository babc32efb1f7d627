import type { TlsOptions } from '../http/exchange.ts';
import { UsageError } from '../problem.ts';
import { clusterOf } from './cluster-entry.ts';
import { credentialsOf, type Identity } from './credentials.ts';
import { type Entry, textOf } from './fields.ts';
import type { Impersonation } from './impersonation.ts';
import { type Kubeconfig, readKubeconfig } from './kubeconfig.ts';
import { podAccess } from './pod-access.ts';

/** Everything that is needed to talk to an API server. Holds credentials: never printed. */
export interface ClusterAccess {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly identity: Identity;
  /** The kubeconfig's own proxy for this cluster; it may hold a password. */
  readonly proxyUrl?: URL;
  /** For messages, e.g. `context lab of ~/.kube/config`. */
  readonly description: string;
  readonly origin?: AccessOrigin;
}

/** Where an access comes from: names alone, which may be shown. */
export interface AccessOrigin {
  readonly from: 'kubeconfig' | 'service-account';
  /** The kubeconfig's files. */
  readonly files: readonly string[];
  /** Files of KUBECONFIG that aren't there. */
  readonly missing: readonly string[];
  readonly context?: string;
  /** The context is not the kubeconfig's current one. */
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
  /** Where the pod's service account is; only tests have it elsewhere. */
  readonly serviceAccount?: string;
  readonly signal: AbortSignal;
}

/**
 * Finds the cluster as kubectl does: a kubeconfig where there is one that says anything, else the pod's service account.
 *
 * @returns undefined where nothing names a cluster
 * @throws UsageError naming what is wrong with what does
 */
export async function findAccess(options: AccessOptions): Promise<ClusterAccess | undefined> {
  const { file, context, variable, inCluster, serviceAccount, signal } = options;
  const kubeconfig = readKubeconfig(file, variable);
  if (kubeconfig !== undefined && saysSomething(kubeconfig)) {
    return accessOf(kubeconfig, context, signal);
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

/** The access that one context of a kubeconfig describes. @throws UsageError */
export async function accessOf(
  kubeconfig: Kubeconfig,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<ClusterAccess> {
  const { source, files, missing, currentContext } = kubeconfig;
  const context = contextOf(kubeconfig, wanted);
  const cluster = named(kubeconfig, context, 'cluster');
  const user = named(kubeconfig, context, 'user');
  const description = `context ${context.name} of ${source}`;
  const { server, tls, proxyUrl, target } = clusterOf(cluster, `${description}: cluster ${cluster.name}`);
  const isSecure = server.protocol === 'https:';
  const { identity, origin } = await credentialsOf(user, { description, target, isSecure, signal });
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

/** kubectl would ask localhost:8080 where no context is current, and whom it doesn't know where a name leads nowhere. */
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
