import path from 'node:path';
import { whereabouts } from '../environment/whereabouts.ts';
import { databaseUrl } from './database-url.ts';
import { audit } from './install/audit.ts';
import { migration } from './install/migration.ts';
import { legs } from './smoke/legs.ts';
import { takenAway } from './smoke/taken-away.ts';
import { unauthenticated } from './smoke/unauthenticated.ts';
import { asked, type Fault, type Story } from './story.ts';

/** A start within the budget, and one beyond it, in seconds before now. */
const [startedAgoSeconds, tooLongAgoSeconds] = [5, 61];
const secondsAgo = (seconds: number) => String(Math.floor(Date.now() / 1000) - seconds);

const budget: readonly Fault[] = [
  {
    id: 'budget-over',
    title: 'the smoke took 61 s, enforced',
    expectRed: ['budget'],
    says: /6\d s/,
    inject: async () => asked({ env: { SMOKE_START_TS: secondsAgo(tooLongAgoSeconds) } }),
  },
  {
    id: 'budget-unset',
    title: 'SMOKE_START_TS is not set, enforced',
    expectRed: ['budget'],
    says: /not set/,
    inject: async () => asked({ env: { SMOKE_START_TS: '' } }),
  },
];

/** Where no row is written there is no 200, and without a sub no row to look for: in the smoke both are leg 2's. */
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

/** The federation chain: each leg red under what breaks it, and nothing else. */
export const smoke: Story = {
  name: 'smoke',
  verifier: 'smoke',
  ask: async ({ environment, installed, folder }, { env } = {}) => ({
    flags: {
      backplane: `https://${installed.site.host}`,
      ...whereabouts(environment, installed.site),
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
