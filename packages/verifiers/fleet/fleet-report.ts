import { safeLine } from '@meho/core/report/safe-text';
import type { ClusterContext } from '../flags/run-context.ts';
import { type CheckReport, lineOf } from '../report/report.ts';
import type { FleetVerifier } from './fleet-checks.ts';

/** Published as `fleet-output.schema.json`. Free of secrets and line breaks. */
export interface FleetReport {
  readonly schemaVersion: 1;
  readonly command: 'fleet';
  readonly verifier: FleetVerifier;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: 'passed' | 'failed';
  readonly exitCode: 0 | 1;
  /** In the order given. */
  readonly clusters: readonly ClusterReport[];
  /** By cluster, namespace, release and host. */
  readonly releases: readonly ReleaseReport[];
  /** Found a second time by another kubeconfig of the same cluster, and not asked again. */
  readonly duplicates: readonly DuplicateReport[];
  /** How many reports of these are of an earlier run, which was killed. */
  readonly kept?: number;
}

export interface ClusterReport {
  readonly name: string;
  /** Absent if its credentials were not at hand. */
  readonly taken?: ClusterContext;
  /** How many releases were found. */
  readonly found: number;
  readonly check: CheckReport;
}

export interface ReleaseReport {
  readonly name: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly release: string;
  readonly url?: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: 'passed' | 'failed';
  readonly checks: readonly CheckReport[];
  /** Asked by an earlier run, which was killed. */
  readonly kept?: true;
}

export interface DuplicateReport {
  readonly name: string;
  readonly sameAs: string;
}

/** A line for a release that holds, and one for each failure of one that doesn't. */
export function linesOfRelease({ name, url = 'no host', checks, durationMs, outcome, kept, startedAt }: ReleaseReport) {
  const shown = checks.filter(({ status }) => status === 'FAIL' || status === 'WARN');
  const held = checks.filter(({ status }) => status === 'ok').length;
  const seconds = (durationMs / 1000).toFixed(1);
  const ok = safeLine(
    `[ok] ${name}: ${held} hold at ${url}, ${seconds} s${kept === true ? `, kept from ${startedAt}` : ''}`,
  );
  return [
    ...(outcome === 'passed' ? [{ status: 'ok' as const, line: ok }] : []),
    ...shown.map((check) => ({ status: check.status, line: lineOf({ ...check, title: `${name}: ${check.title}` }) })),
  ];
}

/** E.g. `fleet: failed, 198 of 200 releases hold, 1 of 5 clusters could not be asked, 12.3 s`. */
export function closingLineOf({ outcome, releases, clusters, duplicates, durationMs, kept = 0 }: FleetReport): string {
  const held = releases.filter((release) => release.outcome === 'passed').length;
  const broken = clusters.filter(({ check }) => check.status === 'FAIL').length;
  const parts = [
    `${held} of ${releases.length} releases hold`,
    ...(broken === 0 ? [] : [`${broken} of ${clusters.length} clusters red`]),
    ...(duplicates.length === 0 ? [] : [`${duplicates.length} found twice and asked once`]),
    ...(kept === 0 ? [] : [`${kept} kept from the run before`]),
  ];
  return `fleet: ${outcome}, ${parts.join(', ')}, ${(durationMs / 1000).toFixed(1)} s`;
}
