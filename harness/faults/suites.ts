import type { BareContext, FaultSuite } from './fault.ts';
import { greenCounter } from './green-counter.ts';
import { install } from './install.ts';
import { networkPolicy } from './network-policy.ts';
import { prSmoke } from './pr-smoke.ts';
import { rke2Access } from './rke2-access.ts';
import { rollback } from './rollback.ts';
import { smoke } from './smoke.ts';

const releaseSuites: readonly FaultSuite[] = [install, smoke, networkPolicy, rollback, rke2Access, prSmoke];

const bareSuites: readonly FaultSuite<BareContext>[] = [greenCounter];

/** As `npm run faults -- NAME` takes them; `NAME.faults.ts` registers each. */
export const suites = [...bareSuites, ...releaseSuites] as const;
export type AnySuite = (typeof suites)[number];

/** Run for every merge. pr-smoke is left out, because a release per fault takes too long. */
export const mergeSuites = suites.filter((suite) => suite !== prSmoke);

export function needsRelease(suite: AnySuite): boolean {
  return releaseSuites.some(({ name }) => name === suite.name);
}
