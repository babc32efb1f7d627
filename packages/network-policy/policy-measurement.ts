import type { EnforcementProof } from './enforcement.ts';
import type { Matrix } from './matrix.ts';

/** Measured once for several checks. */
export interface PolicyMeasurement {
  /** @throws NotEnforced, and whatever else prevents placing the probes */
  enforced(signal: AbortSignal): Promise<EnforcementProof>;
  /** @throws the same errors as `enforced` */
  matrix(signal: AbortSignal): Promise<Matrix>;
  changes(signal: AbortSignal): Promise<readonly string[]>;
}
