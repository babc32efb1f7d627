import type { Driver } from './scenarios.ts';

export interface TwoHelms {
  readonly three: Driver;
  readonly four: Driver;
}

const n = { note: 'N', migrate: 'complete' } as const;
const next = { note: 'N+1', migrate: 'complete' } as const;
const bareN = { note: 'N' };
const bareNext = { note: 'N+1' };

/** Helms of two majors in turn, each scenario in its own namespace. */
export const twoHelms: Readonly<Record<string, (by: TwoHelms) => Promise<void>>> = {
  'installed by 3, upgraded by 4, rolled back by 4': async ({ three, four }) => {
    await three.install(n);
    await four.upgrade(next);
    await four.rollback(1);
  },
  'installed by 3, upgraded by 4, rolled back by 3': async ({ three, four }) => {
    await three.install(n);
    await four.upgrade(next);
    await three.rollback(1);
  },
  'installed by 4, upgraded by 3, rolled back by 3': async ({ three, four }) => {
    await four.install(n);
    await three.upgrade(next);
    await three.rollback(1);
  },
  'installed by 4, upgraded by 3, rolled back by 4': async ({ three, four }) => {
    await four.install(n);
    await three.upgrade(next);
    await four.rollback(1);
  },
  'installed and upgraded by 4, rolled back by 3': async ({ three, four }) => {
    await four.install(n);
    await four.upgrade(next);
    await three.rollback(1);
  },
  'installed and upgraded by 3, rolled back by 4': async ({ three, four }) => {
    await three.install(n);
    await three.upgrade(next);
    await four.rollback(1);
  },
  'by 3, by 4, by 3 and back by 4': async ({ three, four }) => {
    await three.install(n);
    await four.upgrade(next);
    await three.upgrade({ ...next, note: 'N+2' });
    await four.rollback(2);
  },
  'rolled back by 4, deployed again by 3': async ({ three, four }) => {
    await three.install(n);
    await four.upgrade(next);
    await four.rollback(1);
    await three.upgrade(n, '--description', 'Rollback to 1');
  },
  'rolled back by 3, deployed again by 4': async ({ three, four }) => {
    await four.install(n);
    await three.upgrade(next);
    await three.rollback(1);
    await four.upgrade(n, '--description', 'Rollback to 1');
  },
  'without hooks, by 4, rolled back by 3': async ({ three, four }) => {
    await four.install(bareN);
    await four.upgrade(bareNext);
    await three.rollback(1);
  },
  'without hooks, by 3, rolled back by 4': async ({ three, four }) => {
    await three.install(bareN);
    await three.upgrade(bareNext);
    await four.rollback(1);
  },
  'installed by 3, upgraded in vain by 4': async ({ three, four }) => {
    await three.install(n);
    await four.upgrade({ note: 'N+1', migrate: 'failed' });
  },
  'installed by 4, upgraded in vain by 3': async ({ three, four }) => {
    await four.install(n);
    await three.upgrade({ note: 'N+1', migrate: 'failed' });
  },
  'by 3, then by 4 in vain, then by 3 in vain': async ({ three, four }) => {
    await three.install(n);
    await four.upgrade({ note: 'N+1', migrate: 'failed' });
    await three.freeze();
    await three.upgrade({ note: 'N+2', migrate: 'complete' });
  },
};
