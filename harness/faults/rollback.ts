import path from 'node:path';
import { imageValues, nextImage } from '../release/environment/next-image.ts';
import { chartOptions, releaseOn } from '../release/install/cold-install.ts';
import { releaseFlags } from '../release/install-target/release-flags.ts';
import { databaseUrl } from './database-url.ts';
import type { FaultSuite } from './fault.ts';
import { answers } from './rollback/answers.ts';
import { back } from './rollback/back.ts';
import { looks } from './rollback/looks.ts';
import { record } from './rollback/record.ts';
import { columns, schema } from './rollback/schema.ts';

const timeoutMs = 120_000;

export const rollback: FaultSuite = {
  name: 'rollback',
  verifier: 'rollback-verify',
  prepare: async ({ environment, installed, signal }) => {
    const { target, release } = installed;
    const next = await nextImage(environment);
    await releaseOn(environment, target).upgrade({ ...chartOptions(environment, target, imageValues(next)), signal });
    // The verifier follows at once, as in a wrapper, while pods of N+1 are still terminating.
    await release.rollback({ timeoutMs, signal });
  },
  healthyCommandLine: async ({ environment, installed, folder }) => ({
    flags: {
      host: installed.target.host,
      'n-image-sha': environment.judged.gitSha,
      'expected-schema-columns': columns.join(','),
      ...releaseFlags(environment, installed.target),
      cacert: path.join(folder, 'ca.pem'),
    },
    env: { DATABASE_URL: databaseUrl({ installed }) },
  }),
  faults: [...record, ...schema, ...answers, ...looks, ...back],
};
