import type { Flags } from '@meho/core/command-line/flags';
import { migrationCompatFlags } from '@meho/migration-lint/command/run-migration-compat';
import { networkPolicyFlags } from '../commands/network-policy.ts';
import { prSmokeFlags } from '../commands/pr-smoke.ts';
import { reapFlags } from '../commands/reap.ts';
import { rke2AccessFlags } from '../commands/rke2-access.ts';
import { targetsVerifyFlags } from '../commands/targets-verify.ts';
import { fleetFlags } from '../flags/fleet-flags.ts';
import { greenCounterFlags } from '../flags/green-counter-flags.ts';
import { loginFlags } from '../login/login.ts';
import { flagsOf } from '../verifier.ts';
import { verifiers } from '../verifiers.ts';

export interface PublishedCommand {
  readonly flags: Flags;
  /** Whether files or folders stand beside the flags. */
  readonly takesFiles: boolean;
}

const withoutFiles = (flags: Flags): PublishedCommand => ({ flags, takesFiles: false });
const withFiles = (flags: Flags): PublishedCommand => ({ flags, takesFiles: true });

/** What stands behind `meho-acceptance`, e.g. `pr-smoke reap`, for tests of pages that show command lines. */
export const publishedCommands: ReadonlyMap<string, PublishedCommand> = new Map([
  ...[...verifiers].map(([name, verifier]) => [name, withoutFiles(flagsOf(verifier))] as const),
  ['fleet', withoutFiles(fleetFlags)],
  ['network-policy', withoutFiles(networkPolicyFlags)],
  ['migration-compat', withFiles(migrationCompatFlags)],
  ['pr-smoke', withoutFiles(prSmokeFlags)],
  ['pr-smoke reap', withoutFiles(reapFlags)],
  ['rke2-access', withoutFiles(rke2AccessFlags)],
  ['green-counter', withoutFiles(greenCounterFlags)],
  ['targets-verify', withFiles(targetsVerifyFlags)],
  ['login', withoutFiles(loginFlags)],
]);
