import path from 'node:path';
import type { VerifierEnvironment } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { type ClusterAccess, findAccess } from '@meho/kube/kubeconfig/access';
import { PluginRefused } from '@meho/kube/kubeconfig/credentials';
import { readKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import type { ListedRelease } from './fleet-list.ts';

export interface FleetCluster {
  /** The context's, and its file's where two contexts have one name. */
  readonly name: string;
  /** The kubeconfig that the user named; absent for KUBECONFIG and other places. */
  readonly file?: string;
  readonly context?: string;
  /**
   * Runs an exec plugin where there is one.
   * @throws PluginRefused; UsageError if a plugin fails
   */
  readonly open: () => Promise<ClusterAccess>;
}

export interface ClusterRequest {
  readonly files: readonly string[];
  /** Of the only kubeconfig. */
  readonly contexts: readonly string[];
  readonly allowsExec: boolean;
  readonly env: Pick<VerifierEnvironment, 'kubeconfig' | 'inCluster'>;
  readonly signal: AbortSignal;
}

interface Place {
  readonly file?: string;
  readonly context?: string;
}

/**
 * Reads every kubeconfig, and runs no program.
 * @param problems takes all that is wrong with them
 */
export async function readClusters(request: ClusterRequest, problems: string[]): Promise<readonly FleetCluster[]> {
  const { files, contexts } = request;
  const twice = [...files, ...contexts].find((each, index, all) => all.indexOf(each) !== index);
  if (twice !== undefined) {
    problems.push(`${twice} is given more than once`);
    return [];
  }
  if (files.length > 1 && contexts.length > 0) {
    problems.push('--context: expected one --kubeconfig with it, there are several');
    return [];
  }
  const ofFiles: readonly Place[] = files.length === 0 ? [{}] : files.map((file) => ({ file }));
  const places = contexts.length === 0 ? ofFiles : contexts.map((context) => ({ ...ofFiles[0], context }));
  return openPlaces(places, request, problems);
}

export interface ListedClusters {
  readonly clusters: readonly FleetCluster[];
  /** By the cluster's name. */
  readonly listed: ReadonlyMap<string, readonly ListedRelease[]>;
}

/** The clusters that a list names; where it names none, that of the flags. */
export async function readListedClusters(
  releases: readonly ListedRelease[],
  request: ClusterRequest,
  problems: string[],
): Promise<ListedClusters> {
  const byPlace = new Map<string, { readonly place: Place; readonly releases: ListedRelease[] }>();
  for (const release of releases) {
    const file = release.kubeconfig ?? request.files[0];
    const { context } = release;
    const place = { ...(file === undefined ? {} : { file }), ...(context === undefined ? {} : { context }) };
    const key = JSON.stringify(place);
    const entry = byPlace.get(key) ?? { place, releases: [] };
    entry.releases.push(release);
    byPlace.set(key, entry);
  }
  const all = [...byPlace.values()];
  const clusters = await openPlaces(
    all.map(({ place }) => place),
    request,
    problems,
  );
  // As many as there are places, unless there are problems.
  return { clusters, listed: new Map(clusters.map(({ name }, index) => [name, all[index]?.releases ?? []])) };
}

async function openPlaces(
  places: readonly Place[],
  request: ClusterRequest,
  problems: string[],
): Promise<readonly FleetCluster[]> {
  const found: (Place & { readonly context: string; readonly open: FleetCluster['open'] })[] = [];
  for (const place of places) {
    try {
      const open = await openerOf(place, request);
      const named = place.context ?? readKubeconfig(place.file, request.env.kubeconfig)?.currentContext;
      found.push({ ...place, context: named ?? 'this pod', open });
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      problems.push(...error.problems);
    }
  }
  const named = namesOf(found);
  return found.map((place, index) => ({ ...place, name: named[index] ?? place.context }));
}

async function openerOf({ file, context }: Place, request: ClusterRequest): Promise<FleetCluster['open']> {
  const { env, allowsExec, signal } = request;
  const options = { file, context, variable: env.kubeconfig, inCluster: env.inCluster, signal };
  try {
    const access = await findAccess({ ...options, plugins: 'refused' });
    if (access === undefined) {
      throw new UsageError(['no kubeconfig: give --kubeconfig or set KUBECONFIG']);
    }
    return async () => access;
  } catch (error) {
    if (!(error instanceof PluginRefused)) {
      throw error;
    }
    return async () => {
      const access = allowsExec ? await findAccess({ ...options, plugins: 'unattended' }) : undefined;
      if (access === undefined) {
        throw error;
      }
      return access;
    };
  }
}

/** Many kubeconfigs call their only context `default`. */
function namesOf(places: readonly { readonly context: string; readonly file?: string }[]): readonly string[] {
  const isOnce = (name: string, names: readonly string[]) => names.filter((other) => other === name).length === 1;
  const contexts = places.map(({ context }) => context);
  const short = places.map(({ context, file }) => `${context}@${path.basename(file ?? '')}`);
  return places.map(({ context, file }, index) => {
    const byFile = short[index] ?? context;
    return isOnce(context, contexts) ? context : isOnce(byFile, short) ? byFile : `${context}@${file}`;
  });
}
