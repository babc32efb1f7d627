import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './harness/testing/longest-first.ts';

/** Of tests without an engine and without a cluster. */
const quick = {
  testTimeout: 10_000,
  // What a hook starts (a bundler, an OpenID provider) takes its time on a machine that does other things as well.
  hookTimeout: 60_000,
  // Half of the time went into loading the same modules for each file. No test changes what they all share.
  isolate: false,
};

/**
 * unit: beside their source, no cluster, no engine. processes: need no more than that, but start programs or wait in real
 * time. chart: the chart with a real helm, no cluster. integration: real parts of the harness (engine, node, services).
 * suites: the promises, on a cluster that `commands/` has started.
 */
export default defineConfig({
  test: {
    retry: 0,
    // Clusters and services of a run by hand are taken down by the worker that started them.
    teardownTimeout: 60_000,
    globalSetup: './harness/testing/end-with-parent.ts',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{harness,charts,suites}/**/*.test.ts'],
          ...quick,
          // The runner would leave one core out for itself: of two, half.
          maxWorkers: '100%',
        },
      },
      // One file at a time: what they prove of deadlines is told from a machine that has time.
      { test: { name: 'processes', include: ['harness/**/*.process.spec.ts'], ...quick, fileParallelism: false } },
      { test: { name: 'chart', include: ['charts/**/*.spec.ts'], testTimeout: 60_000, hookTimeout: 600_000 } },
      {
        test: {
          name: 'integration',
          include: ['harness/**/*.spec.ts'],
          exclude: [...configDefaults.exclude, '**/*.process.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // Each file starts what it needs and owns it; two at a time use what waiting for the other leaves idle.
          maxWorkers: 2,
        },
      },
      {
        test: {
          // By `npm run helms` alone: what builds four helms has no place in every run.
          name: 'helms',
          include: ['harness/**/*.helms.ts'],
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
          // One worker for all suites: what is started once a worker is then started once a run.
          isolate: false,
        },
      },
    ],
  },
});
