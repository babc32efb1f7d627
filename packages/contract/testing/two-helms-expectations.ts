import semver from 'semver';
import type { RecordReading } from './recorded-expectations.ts';

type Expected = Omit<RecordReading, 'rollback'> & {
  /** Helm 4.3 and newer record the target. */
  readonly rollback:
    | RecordReading['rollback']
    | { readonly written: RecordReading['rollback']; readonly unwritten: RecordReading['rollback'] };
};

/** @param four the version of Helm 4 */
export function expectedOfTwo(scenario: string, four: string): RecordReading {
  const expected = expectations[scenario];
  if (expected === undefined) {
    throw new Error(`nothing is expected of the scenario ${scenario}`);
  }
  const { rollback, ...same } = expected;
  const which = semver.gte(four, '4.3.0') ? 'written' : 'unwritten';
  return { ...same, rollback: typeof rollback === 'string' ? rollback : rollback[which] };
}

const back = { statuses: 'superseded superseded deployed', rollback: 'holds', migration: 'holds' } as const;
const again = {
  statuses: 'superseded superseded superseded deployed',
  rollback: 'violated',
  migration: 'holds',
} as const;
const inVain = { statuses: 'deployed failed', rollback: 'violated', migration: 'violated', back: 1 } as const;

/** By scenario, as for a single helm. */
export const expectations: Readonly<Record<string, Expected>> = {
  'installed by 3, upgraded by 4, rolled back by 4': back,
  'installed by 3, upgraded by 4, rolled back by 3': back,
  'installed by 4, upgraded by 3, rolled back by 3': back,
  'installed by 4, upgraded by 3, rolled back by 4': back,
  'installed and upgraded by 4, rolled back by 3': back,
  'installed and upgraded by 3, rolled back by 4': back,
  'by 3, by 4, by 3 and back by 4': { ...back, statuses: 'superseded superseded superseded deployed' },
  'rolled back by 4, deployed again by 3': again,
  'rolled back by 3, deployed again by 4': again,
  'without hooks, by 4, rolled back by 3': { ...back, rollback: 'unknown', migration: 'unknown' },
  'without hooks, by 3, rolled back by 4': {
    ...back,
    rollback: { written: 'holds', unwritten: 'unknown' },
    migration: 'unknown',
  },
  'installed by 3, upgraded in vain by 4': inVain,
  'installed by 4, upgraded in vain by 3': inVain,
  'by 3, then by 4 in vain, then by 3 in vain': { ...inVain, statuses: 'deployed failed failed' },
};
