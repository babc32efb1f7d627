import path from 'node:path';
import { releaseFlags } from '../release/install-target/release-flags.ts';
import { databaseUrl } from './database-url.ts';
import { type Fault, type FaultSuite, otherCommandLine } from './fault.ts';
import { audit } from './install/audit.ts';
import { migration } from './install/migration.ts';
import { legs } from './smoke/legs.ts';
import { takenAway } from './smoke/taken-away.ts';
import { unauthenticated } from './smoke/unauthenticated.ts';

/** The second exceeds the budget. */
const [startedAgoSeconds, tooLongAgoSeconds] = [5, 61];
const secondsAgo = (seconds: number) => String(Math.floor(Date.now() / 1000) - seconds);

const budget: readonly Fault[] = [
  {
    id: 'budget-over',
    title: 'the smoke took 61 s, enforced',
    expectRed: ['budget'],
    says: /6\d s/,
    inject: async () => otherCommandLine({ env: { SMOKE_START_TS: secondsAgo(tooLongAgoSeconds) } }),
  },
  {
    id: 'budget-unset',
    title: 'SMOKE_START_TS is not set, enforced',
    expectRed: ['budget'],
    says: /not set/,
    inject: async () => otherCommandLine({ env: { SMOKE_START_TS: '' } }),
  },
];

/** In the smoke, leg 2 covers the missing row (no 200) and the missing sub (no row to look for). */
const rows: readonly Fault[] = audit.flatMap((fault) => {
  switch (fault.id) {
    case 'audit-swallowed':
      return [{ ...fault, expectRed: ['operator-status'], says: /503 audit_unavailable/ }];
    case 'audit-no-sub':
      return [];
    default:
      return [fault];
  }
});

export const smoke: FaultSuite = {
  name: 'smoke',
  verifier: 'smoke',
  healthyCommandLine: async ({ environment, installed, folder }, { env } = {}) => ({
    flags: {
      backplane: `https://${installed.target.host}`,
      ...releaseFlags(environment, installed.target),
      cacert: path.join(folder, 'ca.pem'),
      'enforce-budget': true,
    },
    env: {
      SMOKE_START_TS: secondsAgo(startedAgoSeconds),
      MEHO_ACCESS_TOKEN: env?.['MEHO_ACCESS_TOKEN'] ?? (await environment.openId.token('operator', { kind: 'sound' })),
      DATABASE_URL: databaseUrl({ installed }),
    },
  }),
  faults: [...legs, ...rows, ...migration, ...budget, ...unauthenticated, ...takenAway],
};
