import type { Progress } from '../../report/progress.ts';
import type { Timeline } from '../../report/timeline.ts';
import type { ProveContext } from '../story.ts';

/** One line of the bench: what was measured, the bar of the design, and how a named baseline did in the same run. */
export interface Measured {
  readonly what: string;
  /** In milliseconds. */
  readonly tookMs: number;
  /** Design, "Numbers to reach", in milliseconds; absent for a part of something that has one. */
  readonly barMs?: number;
  /** What met the same load in the same run. For a part: the whole, so that the ratio is its share. */
  readonly baseline?: { readonly name: string; readonly tookMs: number };
}

/** What benches measure on: a healthy release, the environment around it, and a private folder with `ca.pem`. */
export interface BenchContext extends ProveContext {
  /** File of the verifiers' command, installed from the packed tarball, without the repository. */
  readonly verifiers: string;
  readonly progress: Progress;
  readonly timeline: Timeline;
}

/** Something with a bar. Leaves release and environment as it found them. */
export interface Bench {
  /** Shown as its step's title. */
  readonly title: string;
  /** @throws where what is measured isn't healthy: then nothing is measured */
  measure(context: BenchContext): Promise<readonly Measured[]>;
}
