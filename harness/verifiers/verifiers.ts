import type { Standalone } from './standalone.ts';
import type { Verifier } from './verifier.ts';

/** Every verifier by its name; only the one that is called is loaded. */
export const verifiers: ReadonlyMap<string, () => Promise<Verifier>> = new Map([
  ['install-verify', async () => (await import('./install-verify.ts')).default],
  ['smoke', async () => (await import('./smoke.ts')).default],
  ['rollback-verify', async () => (await import('./rollback-verify.ts')).default],
]);

/** Commands that don't judge a deployment. */
export const standalones: ReadonlyMap<string, () => Promise<Standalone>> = new Map([
  ['login', async () => (await import('./login.ts')).default],
  ['migration-compat', async () => (await import('./migration-compat.ts')).default],
  ['green-counter', async () => (await import('./green-counter.ts')).default],
  ['targets-verify', async () => (await import('./targets-verify.ts')).default],
  ['rke2-access', async () => (await import('./rke2-access.ts')).default],
  ['network-policy', async () => (await import('./network-policy.ts')).default],
  ['pr-smoke', async () => (await import('./pr-smoke.ts')).default],
]);
