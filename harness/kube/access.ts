import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TlsOptions } from '../http/exchange.ts';
import { messageOf, UsageError } from '../problem.ts';
import { type Credentials, credentialsOf, type Identity } from './credentials.ts';
import { type Entry, type Kubeconfig, readKubeconfig } from './kubeconfig.ts';

/** Everything that is needed to talk to an API server. Holds credentials: never printed. */
export interface ClusterAccess {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly identity: Identity;
  /** The kubeconfig's own proxy for this cluster; it may hold a password. */
  readonly proxyUrl?: URL;
  /** For messages, e.g. `context lab of ~/.kube/config`. */
  readonly description: string;
}

export interface AccessOptions {
  readonly file?: string | undefined;
  readonly context?: string | undefined;
  /** The value of KUBECONFIG. */
  readonly variable?: string | undefined;
  readonly inCluster?: { readonly host: string; readonly port: string } | undefined;
  readonly signal: AbortSignal;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the cluster as kubectl does: a kubeconfig where there is one, else the pod's service account.
 *
 * @returns undefined where nothing names a cluster
 * @throws UsageError naming what is wrong with what does
 */
export async function findAccess({
  file,
  context,
  variable,
  inCluster,
  signal,
}: AccessOptions): Promise<ClusterAccess | undefined> {
  const kubeconfig = readKubeconfig(file, variable);
  if (kubeconfig !== undefined) {
    return accessOf(kubeconfig, context, signal);
  }
  if (context !== undefined) {
    throw new UsageError([`--context ${context}: there is no kubeconfig that could have it`]);
  }
  return inCluster === undefined ? undefined : podAccess(inCluster);
}

/** The access that one context of a kubeconfig describes. @throws UsageError */
export async function accessOf(
  kubeconfig: Kubeconfig,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<ClusterAccess> {
  const { source } = kubeconfig;
  const context = contextOf(kubeconfig, wanted);
  const named = (list: readonly Entry[], kind: 'cluster' | 'user') => {
    const name = context.fields[kind];
    const entry = list.find((candidate) => candidate.name === name);
    if (entry === undefined) {
      throw new UsageError([`kubeconfig ${source}: context ${context.name} names ${kind} ${name}, which is not there`]);
    }
    return entry;
  };
  const cluster = named(kubeconfig.clusters, 'cluster');
  const user = named(kubeconfig.users, 'user');
  const description = `context ${context.name} of ${source}`;
  const server = serverOf(cluster, description);
  const ca = fileOrData(cluster, 'certificate-authority', 'certificate-authority-data');
  const servername = cluster.fields['tls-server-name'];
  const identity = await credentialsOf(user, { server, ca, description }, signal);
  return {
    server,
    tls: {
      ...(ca === undefined ? {} : { ca: [ca] }),
      ...(typeof servername === 'string' ? { servername } : {}),
      ...(cluster.fields['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    },
    identity,
    description,
  };
}

function contextOf({ contexts, currentContext, source }: Kubeconfig, wanted: string | undefined): Entry {
  const names = contexts.map(({ name }) => name).join(', ');
  const name = wanted ?? currentContext ?? (contexts.length === 1 ? contexts[0]?.name : undefined);
  if (name === undefined) {
    throw new UsageError([
      contexts.length === 0
        ? `kubeconfig ${source}: it has no contexts`
        : `kubeconfig ${source}: no context is current; give --context with one of ${names}`,
    ]);
  }
  const context = contexts.find((candidate) => candidate.name === name);
  if (context === undefined) {
    const there = names === '' ? 'it has none' : `it has ${names}`;
    throw new UsageError([`kubeconfig ${source}: there is no context ${name}; ${there}`]);
  }
  return context;
}

function serverOf({ name, fields }: Entry, description: string): URL {
  const { server } = fields;
  if (typeof server !== 'string' || !URL.canParse(server) || !/^https?:/.test(server)) {
    throw new UsageError([`${description}: cluster ${name} has no server URL`]);
  }
  if (fields['proxy-url'] !== undefined) {
    throw new UsageError([`${description}: cluster ${name} wants a proxy (proxy-url), which is not supported`]);
  }
  return new URL(server);
}

/** A PEM text from a kubeconfig's `…-data` member or from the file that the plain member names. @throws UsageError */
export function fileOrData(
  { name, fields, folder }: Entry,
  fileMember: string,
  dataMember: string,
): string | undefined {
  const data = fields[dataMember];
  if (typeof data === 'string' && data !== '') {
    return Buffer.from(data, 'base64').toString('utf8');
  }
  const file = fields[fileMember];
  if (typeof file !== 'string' || file === '') {
    return undefined;
  }
  try {
    return readFileSync(path.resolve(folder, file), 'utf8');
  } catch (error) {
    throw new UsageError([`kubeconfig entry ${name}: ${fileMember} can't be read: ${messageOf(error)}`], {
      cause: error,
    });
  }
}

function podAccess({ host, port }: { readonly host: string; readonly port: string }): ClusterAccess {
  const address = host.includes(':') ? `[${host}]` : host;
  const token = (): Credentials => ({ token: readFileSync(`${SERVICE_ACCOUNT}/token`, 'utf8').trim() });
  try {
    token();
    return {
      server: new URL(`https://${address}:${port}`),
      tls: { ca: [readFileSync(`${SERVICE_ACCOUNT}/ca.crt`, 'utf8')] },
      // The kubelet replaces the token long before it expires: it is read anew each time.
      identity: { credentials: async () => token(), impersonate: {} },
      description: "this pod's service account",
    };
  } catch (error) {
    throw new UsageError([`this pod's service account can't be used: ${messageOf(error)}`], { cause: error });
  }
}
