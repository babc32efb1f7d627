import type { Progress } from '@meho/core/report/progress';
import type { Timeline } from '@meho/core/report/timeline';
import type { ReleaseContext } from '../faults/fault.ts';

export interface Measured {
  readonly what: string;
  /** In milliseconds. */
  readonly tookMs: number;
  /** The target in design, "Numbers to reach"; absent if this is a part of another measurement. */
  readonly barMs?: number;
  /** Measured under the same load; for a part, the whole that contains it. */
  readonly baseline?: { readonly name: string; readonly tookMs: number };
}

/** Healthy release, environment, and a private folder with `ca.pem`. */
export interface BenchContext extends ReleaseContext {
  /** Installed from the packed tarball, without the repository. */
  readonly verifiers: string;
  readonly progress: Progress;
  readonly timeline: Timeline;
}

/** Leaves release and environment unchanged. */
export interface Bench {
  readonly title: string;
  /** @throws if the release it measures isn't healthy */
  measure(context: BenchContext): Promise<readonly Measured[]>;
}
