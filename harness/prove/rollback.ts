import path from 'node:path';
import { chartOptions, releaseOn } from '../environment/cold-install.ts';
import { imageValues, nextImage } from '../environment/next-image.ts';
import { whereabouts } from '../environment/whereabouts.ts';
import { databaseUrl } from './database-url.ts';
import { answers } from './rollback/answers.ts';
import { back } from './rollback/back.ts';
import { looks } from './rollback/looks.ts';
import { record } from './rollback/record.ts';
import { columns, schema } from './rollback/schema.ts';
import type { Story } from './story.ts';

const timeoutMs = 120_000;

/** The rollback contract: N was installed, upgraded to N+1 and rolled back, and then something is not as it must be. */
export const rollback: Story = {
  name: 'rollback',
  verifier: 'rollback-verify',
  prepare: async ({ environment, installed, signal }) => {
    const { site, release } = installed;
    const next = await nextImage(environment);
    await releaseOn(environment, site).upgrade({ ...chartOptions(environment, site, imageValues(next)), signal });
    // The verifier comes right after, as it does in a wrapper: pods of N+1 are still on their way out.
    await release.rollback({ timeoutMs, signal });
  },
  ask: async ({ environment, installed, folder }) => ({
    flags: {
      host: installed.site.host,
      'n-image-sha': environment.judged.gitSha,
      'expected-schema-columns': columns.join(','),
      ...whereabouts(environment, installed.site),
      cacert: path.join(folder, 'ca.pem'),
    },
    env: { DATABASE_URL: databaseUrl({ installed }) },
  }),
  faults: [...record, ...schema, ...answers, ...looks, ...back],
};
