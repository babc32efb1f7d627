import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CommandResult, run } from '@meho/core/process/run';
import { err } from '@meho/core/report/output';
import { scratchFolder } from '@meho/core/runs/temporary';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ReleaseStatus } from '@meho/helm/record';
import { withoutStatusRace } from '@meho/helm/status-race';
import { recordLabels } from '@meho/helm/storage';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';
import { releaseOn } from './cold-install.ts';
import { type FailedInstall, type InstallVariation, installToFailure } from './try-install.ts';

const pendingDeadlineMs = 60_000;
const byHandTimeoutMs = 60_000;

/** Waits until Helm has recorded the operation. */
export async function waitForPending(
  { api }: Environment,
  { namespace }: InstallTarget,
  status: Extract<ReleaseStatus, `pending-${string}`>,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    'helm to have begun',
    async () => {
      const found = await recordLabels(api, { namespace, labels: `status=${status}` });
      return found.length > 0 ? holds(undefined) : notYet(`no release is ${status}`);
    },
    { deadlineMs: pendingDeadlineMs, intervalMs: 50, signal },
  );
}

export interface Interruption {
  /** `SIGINT` is an operator's Ctrl-C; `SIGKILL` is a machine that dies. */
  readonly by: 'SIGINT' | 'SIGKILL';
  readonly when: () => Promise<void>;
}

export async function interruptHelm(
  environment: Environment,
  target: InstallTarget,
  { by, when }: Interruption,
  variation: InstallVariation,
): Promise<FailedInstall> {
  await using folder = await scratchFolder('interrupted-helm');
  const program = path.join(folder.path, 'helm');
  const pidFile = path.join(folder.path, 'pid');
  await writeFile(program, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${environment.helm}' "$@"\n`, { mode: 0o755 });
  const release = releaseOn(environment, target).as({ helm: program });
  const driven = installToFailure(environment, target, { ...variation, release });
  await when();
  process.kill(Number(await readFile(pidFile, 'utf8')), by);
  return await driven;
}

/**
 * Runs a command as an operator pastes it, with helm, kubectl and a kubeconfig, in the target's namespace. Where helm's own
 * race ended it, it is pasted once more.
 */
export function runAsOperator(
  environment: Environment,
  { namespace }: InstallTarget,
  command: string,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { api, helm, kubectl, kubeconfigFile, request } = environment;
  const folders = [path.dirname(helm), path.dirname(kubectl), request.settings.path];
  const say = (said: string) => err(`\`${command}\`: ${said}\n`);
  return withoutStatusRace({ api, namespace, release: request.subject.release, signal, say }, () =>
    run('sh', ['-c', command], {
      env: { KUBECONFIG: kubeconfigFile, PATH: folders.join(path.delimiter) },
      timeoutMs: byHandTimeoutMs,
      signal,
    }),
  );
}
