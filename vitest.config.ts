import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './harness/testing/longest-first.ts';

/** No engine, no cluster. */
const quick = {
  // For a test that hangs; deadlines that are promised are asserted. On a busy machine quick ones took 10 s.
  testTimeout: 60_000,
  // A bundler or OpenID provider starts slowly there.
  hookTimeout: 60_000,
  // Module loading took half the time; no test changes shared state.
  isolate: false,
};

/**
 * unit: no cluster, no engine. processes: the same, with programs or real time. chart: real helm. integration: engine,
 * node, services. suites: on the cluster of `commands/`. faults: on the same, each turning exactly one check red.
 */
export default defineConfig({
  test: {
    retry: 0,
    // When run by hand, workers dispose of clusters and services.
    teardownTimeout: 60_000,
    globalSetup: './harness/testing/end-with-parent.ts',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,images,apps,harness,charts,suites}/**/*.test.ts'],
          ...quick,
          // By default the runner keeps one core for itself: half of two.
          maxWorkers: '100%',
        },
      },
      // Two at a time use each other's waits; more, and deadlines would be of a busy machine.
      {
        test: {
          name: 'processes',
          include: ['{packages,images,apps,harness}/**/*.process.spec.ts'],
          ...quick,
          maxWorkers: 2,
        },
      },
      { test: { name: 'chart', include: ['charts/**/*.spec.ts'], testTimeout: 60_000, hookTimeout: 600_000 } },
      {
        test: {
          // A change of the chart each: only for `npm run mutants`.
          name: 'mutants',
          include: ['charts/**/*.mutants.ts'],
          testTimeout: 1_200_000,
          maxConcurrency: 2,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages,images,apps,harness}/**/*.spec.ts'],
          exclude: [...configDefaults.exclude, '**/*.process.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // Each file starts its own things; two at a time use each other's waits.
          maxWorkers: 2,
        },
      },
      {
        test: {
          // Builds the image of a real Keycloak: only for `npm run keycloak`.
          name: 'keycloak',
          include: ['harness/**/*.keycloak.ts'],
          testTimeout: 180_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          // Builds four helms: only for `npm run helms`.
          name: 'helms',
          include: ['{packages,images,apps,harness}/**/*.helms.ts'],
          testTimeout: 300_000,
          hookTimeout: 3_600_000,
          maxConcurrency: 4,
        },
      },
      {
        test: {
          name: 'suites',
          include: ['suites/**/*.spec.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          // One worker, so that worker fixtures start once a run.
          isolate: false,
        },
      },
      {
        test: {
          name: 'corpus',
          include: ['{packages,images,apps,harness}/**/*.corpus.ts'],
          testTimeout: 120_000,
          // The first run on a machine downloads and assembles Alembic.
          hookTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['{packages,images,apps,harness}/**/*.faults.ts'],
          // Injecting and evaluating has a deadline of its own: the rest is for taking the fault back.
          testTimeout: 600_000,
          // The first hook starts the environment, and every hook after a test waits until its fault is taken back.
          hookTimeout: 600_000,
          fileParallelism: false,
          isolate: false,
          // Of suites whose faults don't know of each other.
          maxConcurrency: 4,
        },
      },
    ],
  },
});
