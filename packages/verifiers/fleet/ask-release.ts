import { Backplane } from '@meho/contract/backplane/backplane';
import { isFailure, type Result } from '@meho/contract/check';
import type { ClusterView } from '@meho/contract/cluster/cluster-view';
import { runChecks } from '@meho/contract/run-checks';
import type { NetworkEnvironment } from '@meho/core/config/network';
import { routeAsInCurl } from '@meho/core/http/curl-route';
import type { KubeApi } from '@meho/kube/api/api';
import { type CheckReport, reportOf } from '../report/report.ts';
import { type FleetVerifier, fleetChecks, namespaceThere } from './fleet-checks.ts';
import type { FleetMember } from './fleet-member.ts';

export interface AskSettings {
  readonly verifier: FleetVerifier;
  /** One list for all: what is made of it is kept by it. */
  readonly roots: readonly string[] | undefined;
  readonly network: NetworkEnvironment;
  readonly requestTimeoutMs: number;
  readonly rolloutDeadlineMs: number;
  readonly safe: (text: string) => string;
  readonly signal: AbortSignal;
}

export interface AskedRelease {
  readonly checks: readonly CheckReport[];
  readonly holds: boolean;
  /** A check could not look at the cluster. */
  readonly isClusterDoubted: boolean;
}

/** A fleet stands: an ingress controller has long learnt of its pods. */
const ROUTED_WITHIN_MS = 1_000;

/** @throws the signal's reason */
export async function askRelease(member: FleetMember, api: KubeApi, settings: AskSettings): Promise<AskedRelease> {
  const { verifier, requestTimeoutMs: deadlineMs, rolloutDeadlineMs, safe, signal } = settings;
  const { namespace, release } = member;
  using https = backplaneOf(member, settings, deadlineMs);
  const cluster: ClusterView = { api, namespace, release, rolloutDeadlineMs };
  const results = await runChecks(
    fleetChecks(verifier, member),
    {
      inputs: { cluster, ...(https === undefined ? {} : { https }) },
      missing: { https: 'its host is not known' },
    },
    { signal },
  );
  const isAbsent = results.some(({ verdict }) => verdict.outcome === 'violated' && verdict.isAbsence === true);
  const more = isAbsent
    ? await runChecks([namespaceThere(member)], { inputs: { cluster }, missing: {} }, { signal })
    : [];
  const all = [...more, ...results];
  const checks = all.map((result) => reportOf(result, safe));
  return {
    checks,
    holds: !all.some(({ verdict }) => isFailure(verdict)) && checks.some(({ status }) => status !== 'note'),
    isClusterDoubted: all.some(couldNotLook),
  };
}

function backplaneOf(
  { host: origin, connectTo }: FleetMember,
  { network, roots }: AskSettings,
  deadlineMs: number,
): Backplane | undefined {
  return (
    origin &&
    new Backplane({
      origin,
      deadlineMs,
      routedWithinMs: ROUTED_WITHIN_MS,
      ...routeAsInCurl(origin, network, roots),
      ...(connectTo === undefined ? {} : { connectTo }),
    })
  );
}

function couldNotLook({ check, verdict }: Result): boolean {
  return verdict.outcome === 'unknown' && verdict.seen !== true && check.needs.includes('cluster');
}
