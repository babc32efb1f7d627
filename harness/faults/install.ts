import path from 'node:path';
import { releaseFlags } from '../release/install-target/release-flags.ts';
import { databaseUrl } from './database-url.ts';
import type { FaultSuite } from './fault.ts';
import { access } from './install/access.ts';
import { anonymous } from './install/anonymous.ts';
import { audit } from './install/audit.ts';
import { budget } from './install/budget.ts';
import { healthz } from './install/healthz.ts';
import { migration } from './install/migration.ts';
import { rollout } from './install/rollout.ts';
import { tokens } from './install/tokens.ts';
import { transport } from './install/transport.ts';
import { usageFaults } from './install/usage.ts';
import { version } from './install/version.ts';

/** Within the budget, in seconds before now. */
const startedAgoSeconds = 5;

/** At least one fault for each check of the install contract. */
export const install: FaultSuite = {
  name: 'install',
  verifier: 'install-verify',
  healthyCommandLine: async ({ environment, installed, folder }) => ({
    flags: {
      host: installed.target.host,
      'expected-git-sha': environment.judged.gitSha,
      ...releaseFlags(environment, installed.target),
      cacert: path.join(folder, 'ca.pem'),
      'enforce-budget': true,
    },
    env: {
      INSTALL_START_TS: String(Math.floor(Date.now() / 1000) - startedAgoSeconds),
      MEHO_ACCESS_TOKEN: await environment.openId.token('operator', { kind: 'sound' }),
      DATABASE_URL: databaseUrl({ installed }),
    },
  }),
  faults: [
    ...transport,
    ...healthz,
    ...version,
    ...anonymous,
    ...tokens,
    ...audit,
    ...budget,
    ...migration,
    ...access,
    ...usageFaults,
    ...rollout,
  ],
};
