import { failureLine } from '@meho/core/failure';
import { UsageError } from '@meho/core/problem';
import { type CheckReport, lineOf } from '../report/report.ts';
import type { FleetVerifier } from './fleet-checks.ts';
import {
  type ClusterReport,
  type DuplicateReport,
  type FleetReport,
  linesOfRelease,
  type ReleaseReport,
} from './fleet-report.ts';
import type { FleetListener } from './run-fleet.ts';

/** Makes one verdict of what a fleet says, in an order that doesn't hang on who answered first. */
export class FleetCollector implements FleetListener {
  readonly #verifier: FleetVerifier;
  readonly #tell: (status: CheckReport['status'], line: string) => void;
  readonly #started = performance.now();
  readonly #startedAt = new Date().toISOString();
  readonly #clusters: ClusterReport[] = [];
  readonly #releases: ReleaseReport[] = [];
  readonly #duplicates: DuplicateReport[] = [];

  constructor(verifier: FleetVerifier, tell: (status: CheckReport['status'], line: string) => void) {
    this.#verifier = verifier;
    this.#tell = tell;
  }

  readonly onCluster = (cluster: ClusterReport): void => {
    this.#clusters.push(cluster);
    this.#tell(cluster.check.status, lineOf(cluster.check));
  };

  readonly onRelease = (release: ReleaseReport): void => {
    this.#releases.push(release);
    for (const { status, line } of linesOfRelease(release)) {
      this.#tell(status, line);
    }
  };

  readonly onDuplicate = (duplicate: DuplicateReport): void => {
    this.#duplicates.push(duplicate);
    this.#tell('note', `[note] ${duplicate.name}: not asked again: it is ${duplicate.sameAs}, by another kubeconfig`);
  };

  /**
   * @param names of the clusters in their order
   * @throws UsageError if nothing was asked: an empty fleet holds nothing
   */
  report(names: readonly string[]): FleetReport {
    const place = ({ cluster, name }: ReleaseReport) => `${String(names.indexOf(cluster)).padStart(6, '0')} ${name}`;
    const clusters = this.#clusters.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    const releases = this.#releases.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
    if (releases.length === 0) {
      throw new UsageError([`no release was asked: ${clusters.map(whyNot).join('; ')}`]);
    }
    const failed =
      releases.some(({ outcome }) => outcome === 'failed') || clusters.some(({ check }) => check.status === 'FAIL');
    const kept = releases.filter((release) => release.kept === true).length;
    return {
      schemaVersion: 1,
      command: 'fleet',
      verifier: this.#verifier,
      startedAt: this.#startedAt,
      durationMs: Math.round(performance.now() - this.#started),
      outcome: failed ? 'failed' : 'passed',
      exitCode: failed ? 1 : 0,
      clusters,
      releases,
      ...(kept === 0 ? {} : { kept }),
      duplicates: this.#duplicates.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
  }
}

function whyNot({ check: { title, expected = '', observed = '' } }: ClusterReport): string {
  return `${title}: ${failureLine({ expected, observed })}`;
}
