import type { Bench } from './bench.ts';
import { buildTimes } from './build-times.ts';
import { cluster } from './cluster.ts';
import { coldInstall } from './cold-install.ts';
import { installVerify } from './install-verify.ts';
import { lint } from './lint.ts';
import { networkPolicy } from './network-policy.ts';
import { rollback } from './rollback.ts';
import { smoke } from './smoke.ts';

export const benches: readonly Bench[] = [
  cluster,
  coldInstall,
  installVerify,
  smoke,
  rollback,
  networkPolicy,
  lint,
  buildTimes,
];
