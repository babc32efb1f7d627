import type { Verdict } from '@meho/contract/check';
import type { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { KubeApi } from '@meho/kube/api/api';
import { type ClusterContext, clusterContextOf } from '../flags/run-context.ts';
import { collectSecrets } from '../report/redact.ts';
import type { AskSettings } from './ask-release.ts';
import { clusterReport, foundVerdict, listedVerdict, troubleVerdict } from './cluster-verdict.ts';
import { Duplicates } from './duplicates.ts';
import { type FoundRelease, type FoundReleases, findReleases, keyOf } from './find-releases.ts';
import type { FleetCluster } from './fleet-clusters.ts';
import type { ListedRelease } from './fleet-list.ts';
import { type MemberOptions, membersOf } from './fleet-member.ts';
import type { ClusterReport, DuplicateReport, ReleaseReport } from './fleet-report.ts';
import type { FleetState } from './fleet-state.ts';
import { MemberAsker } from './member-asker.ts';
import { SideBySide } from './side-by-side.ts';

export interface FleetRequest extends MemberOptions {
  readonly clusters: readonly FleetCluster[];
  readonly selector: string;
  /** All where empty. */
  readonly namespaces: readonly string[];
  /** By cluster; where absent, releases are looked for. */
  readonly listed?: ReadonlyMap<string, readonly ListedRelease[]>;
  readonly concurrency: number;
  readonly secrets: KnownSecrets;
  readonly settings: AskSettings;
  readonly state: FleetState;
  readonly listener: FleetListener;
}

/** As early as possible, in no order. */
export interface FleetListener {
  readonly onCluster: (cluster: ClusterReport) => void;
  readonly onRelease: (release: ReleaseReport) => void;
  readonly onDuplicate: (duplicate: DuplicateReport) => void;
}

/**
 * Asks each cluster which releases it has, and each release whether it holds. A cluster that says nothing is waited for
 * beside the others.
 * @throws the signal's reason
 */
export async function runFleet(request: FleetRequest): Promise<void> {
  const places = new SideBySide(request.concurrency);
  const duplicates = new Duplicates();
  await Promise.all(request.clusters.map((cluster) => runCluster(cluster, request, { places, duplicates })));
}

type Wanted = FoundRelease & { readonly listed?: ListedRelease };

interface Shared {
  readonly places: SideBySide;
  readonly duplicates: Duplicates;
}

async function runCluster(cluster: FleetCluster, request: FleetRequest, shared: Shared): Promise<void> {
  const { settings, secrets, listener } = request;
  const { name } = cluster;
  const started = performance.now();
  const report = (found: number, verdict: Verdict, taken?: ClusterContext) => {
    const check = clusterReport(name, verdict, performance.now() - started, settings.safe);
    listener.onCluster({ name, ...(taken === undefined ? {} : { taken }), found, check });
  };
  let opened: KubeApi;
  try {
    opened = new KubeApi(collectSecrets(await cluster.open(), secrets), settings.requestTimeoutMs);
  } catch (error) {
    settings.signal.throwIfAborted();
    report(0, troubleVerdict(error));
    return;
  }
  using api = opened;
  const taken = clusterContextOf(api, settings.safe);
  const listed = request.listed?.get(name);
  let found: FoundReleases;
  try {
    found = await shared.duplicates.inTurn(api.access.server, () => lookFor(request, api, listed));
  } catch (error) {
    settings.signal.throwIfAborted();
    report(0, troubleVerdict(error), taken);
    return;
  }
  const { releases, nameless } = found;
  report(
    releases.length,
    listed === undefined ? foundVerdict(releases.length, nameless, request.selector) : listedVerdict(releases, listed),
    taken,
  );
  const wanted = listed === undefined ? releases : listed.map((entry) => foundOf(releases, entry));
  await askAll(wanted, { name, api }, request, shared);
}

async function askAll(
  wanted: readonly Wanted[],
  { name, api }: { readonly name: string; readonly api: KubeApi },
  request: FleetRequest,
  { places, duplicates }: Shared,
): Promise<void> {
  const { listener, settings, state } = request;
  const own = wanted.filter((release) => isNew(release, api.access.server, name, { duplicates, listener }));
  const asker = new MemberAsker(api, settings, { state, onRelease: listener.onRelease });
  const jobs = own.flatMap((release) => {
    const members = membersOf(name, release, { ...request, ...release.listed });
    const isListedAgain = own.some((other) => other !== release && keyOf(other) === keyOf(release));
    const hasSeveralHosts = members.length > 1 || isListedAgain;
    return members.map((member) => () => asker.ask(member, release.objects, hasSeveralHosts));
  });
  await places.run(name, jobs);
}

function lookFor(request: FleetRequest, api: KubeApi, listed: readonly ListedRelease[] | undefined) {
  const { selector, template, settings } = request;
  const namespaces = listed === undefined ? request.namespaces : [...new Set(listed.map(({ namespace }) => namespace))];
  return findReleases(api, { selector, namespaces, needsHosts: template === undefined, signal: settings.signal });
}

function isNew(
  release: FoundRelease,
  server: URL,
  cluster: string,
  { duplicates, listener }: { readonly duplicates: Duplicates; readonly listener: FleetListener },
): boolean {
  const name = `${cluster}/${release.namespace}/${release.release}`;
  const sameAs = duplicates.add(server, release.uids, name);
  if (sameAs !== undefined) {
    listener.onDuplicate({ name, sameAs });
  }
  return sameAs === undefined;
}

/** One that is listed and not there is asked all the same, and red. */
function foundOf(releases: readonly FoundRelease[], listed: ListedRelease): Wanted {
  const { namespace, release } = listed;
  const found = releases.find((each) => each.namespace === namespace && each.release === release);
  return { ...(found ?? { namespace, release, hosts: [], uids: [], objects: '' }), listed };
}
