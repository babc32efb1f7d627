import path from 'node:path';
import { measureLint, measureParsing } from '../../migrations/throughput.ts';
import { repositoryRoot } from '../../repository.ts';
import type { Bench } from './bench.ts';

const files = 1000;
const corpus = path.join(repositoryRoot, 'suites', 'rollback', 'corpus', 'migrations');

/** The lint of migrations, on those of the corpus over and over. */
export const lint: Bench = {
  title: `the lint of ${files} migrations`,
  async measure() {
    const parsingMs = await measureParsing(corpus, files);
    const { durationMs, findings } = await measureLint(corpus, files);
    const perSecond = Math.round(files / (durationMs / 1000));
    return [
      {
        what: `migration-compat's lint of ${files} files: ${findings} findings, ${perSecond} files/s`,
        tookMs: durationMs,
        baseline: { name: 'parsing the same files alone', tookMs: parsingMs },
      },
    ];
  },
};
