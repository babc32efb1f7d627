import { writeJunitOf } from '../report/junit.ts';
import type { FleetReport } from './fleet-report.ts';

/**
 * A test suite per release, and one of the clusters.
 * @throws UsageError if the file can't be written
 */
export function writeFleetJunit(
  file: string,
  {
    clusters,
    releases,
    startedAt,
    durationMs,
  }: Pick<FleetReport, 'clusters' | 'releases' | 'startedAt' | 'durationMs'>,
): Promise<void> {
  return writeJunitOf(file, [
    { verifier: 'fleet clusters', checks: clusters.map(({ check }) => check), startedAt, durationMs },
    ...releases.map(({ name, checks, startedAt: at, durationMs: tookMs }) => ({
      verifier: `fleet ${name}`,
      checks,
      startedAt: at,
      durationMs: tookMs,
    })),
  ]);
}
