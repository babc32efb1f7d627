import path from 'node:path';
import { corpusFolder } from '@meho/migration-lint/corpus/corpus';
import { measureLint, measureParsing } from '@meho/migration-lint/throughput';
import type { Bench } from './bench.ts';

const files = 1000;
const corpus = path.join(corpusFolder, 'migrations');

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
