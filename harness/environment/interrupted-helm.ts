import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReleaseStatus } from '../helm/record.ts';
import { HelmRelease } from '../helm/release.ts';
import { recordLabels } from '../helm/storage.ts';
import { type Finished, run } from '../process/run.ts';
import { scratchFolder } from '../runs/temporary.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { releaseOn } from './cold-install.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';
import { type FailedInstall, type InstallVariation, installToFailure } from './try-install.ts';

const pendingDeadlineMs = 60_000;
const byHandTimeoutMs = 60_000;

/** Helm records what it is about to do before it does it: until that is there. */
export async function untilPending(
  { api }: Environment,
  { namespace }: Site,
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
  /** `SIGINT` is the operator's Ctrl-C; `SIGKILL` is a machine that goes away without a chance to say so. */
  readonly by: 'SIGINT' | 'SIGKILL';
  /** Resolves when it is time. */
  readonly when: () => Promise<void>;
}

/** An install or upgrade whose helm is ended in the middle. */
export async function interruptHelm(
  environment: Environment,
  site: Site,
  { by, when }: Interruption,
  variation: InstallVariation,
): Promise<FailedInstall> {
  await using folder = await scratchFolder('interrupted-helm');
  const program = path.join(folder.path, 'helm');
  const pidFile = path.join(folder.path, 'pid');
  await writeFile(program, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${environment.helm}' "$@"\n`, { mode: 0o755 });
  const release = new HelmRelease({ ...releaseOn(environment, site).identity, helm: program });
  const driven = installToFailure(environment, site, { ...variation, release });
  await when();
  process.kill(Number(await readFile(pidFile, 'utf8')), by);
  return await driven;
}

/** Runs a command as an operator pastes it, with helm and kubectl on PATH and the cluster's kubeconfig. */
export function byHand(environment: Environment, command: string, signal: AbortSignal): Promise<Finished> {
  const { helm, kubectl, kubeconfigFile, request } = environment;
  const folders = [path.dirname(helm), path.dirname(kubectl), request.settings.path];
  return run('sh', ['-c', command], {
    env: { KUBECONFIG: kubeconfigFile, PATH: folders.join(path.delimiter) },
    timeoutMs: byHandTimeoutMs,
    signal,
  });
}
