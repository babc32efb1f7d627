import installVerify from './commands/install-verify.ts';
import rollbackVerify from './commands/rollback-verify.ts';
import smoke from './commands/smoke.ts';
import type { Standalone } from './standalone.ts';
import type { Verifier } from './verifier.ts';

/** Loaded together: they share nearly all their code. */
export const verifiers: ReadonlyMap<string, Verifier> = new Map<string, Verifier>([
  [installVerify.name, installVerify],
  [smoke.name, smoke],
  [rollbackVerify.name, rollbackVerify],
]);

/** Lets `--help` load none of them. */
export const purposes: Readonly<Record<string, string>> = {
  'install-verify': 'did a cold install come to a working MEHO',
  smoke: "does the federation chain hold, from an operator's token to the audit row",
  'rollback-verify': 'does image N run again after N+1, on the schema of N+1',
  fleet: 'do all releases of one or several clusters hold, side by side',
  'network-policy': 'may each pod talk to whom it should, and to nobody else',
  'migration-compat': 'does image N tolerate the migrations that are about to ship',
  'pr-smoke': 'smoke one pull request in a namespace of its own; `pr-smoke reap` removes what killed ones left',
  'rke2-access': 'may the identity of a lab do what the smoke needs, and no harm',
  'green-counter': 'how many merged pull requests in a row had a green smoke',
  'targets-verify': 'is the entry rdc-meho of a targets.yaml as it must be',
  login: "an operator's token by the device flow",
};

/** Only the one called is loaded. */
export const standalones: ReadonlyMap<string, () => Promise<Standalone>> = new Map([
  ['fleet', async () => (await import('./commands/fleet.ts')).default],
  ['login', async () => (await import('./login/login.ts')).default],
  ['migration-compat', async () => (await import('./commands/migration-compat.ts')).default],
  ['green-counter', async () => (await import('./commands/green-counter.ts')).default],
  ['targets-verify', async () => (await import('./commands/targets-verify.ts')).default],
  ['rke2-access', async () => (await import('./commands/rke2-access.ts')).default],
  ['network-policy', async () => (await import('./commands/network-policy.ts')).default],
  ['pr-smoke', async () => (await import('./commands/pr-smoke.ts')).default],
]);
