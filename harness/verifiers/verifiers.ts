import type { Verifier } from './verifier.ts';

/** Every verifier by its name; only the one that is called is loaded. */
export const verifiers: ReadonlyMap<string, () => Promise<Verifier>> = new Map([
  ['install-verify', async () => (await import('./install-verify.ts')).default],
]);
