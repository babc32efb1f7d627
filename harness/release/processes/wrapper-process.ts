import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CommandResult, run } from '@meho/core/process/run';
import { err } from '@meho/core/report/output';
import { repositoryRoot } from '@meho/core/repository';
import { newRun, runOf } from '@meho/core/runs/identity';
import { temporaryFolder } from '@meho/core/runs/temporary';
import { withoutStatusRace } from '@meho/helm/status-race';
import type { Environment } from '../environment/environment.ts';
import { nextImage } from '../environment/next-image.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

const program = path.join(repositoryRoot, 'packages', 'verifiers', 'main.ts');
const timeoutMs = 240_000;

export type Wrapper = 'install' | 'smoke' | 'rollback-drill';

/**
 * Runs a wrapper as a consumer does; where helm's own race ended it, once more, with a stopwatch of its own.
 *
 * @param env overrides; empty counts as unset
 */
export async function runWrapper(
  environment: Environment,
  target: InstallTarget,
  wrapper: Wrapper,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const { api, clusterDefaults, helm, ingress, judged, kubeconfigFile, request } = environment;
  const owner = runOf(request.labels) ?? (await newRun());
  const folder = await mkdtemp(path.join(await temporaryFolder(owner), `${wrapper}-`));
  const bin = path.join(folder, 'bin');
  const file = (name: string) => path.join(folder, name);
  try {
    await mkdir(bin);
    const command = path.join(bin, 'meho-acceptance');
    await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(command, 0o755);
    await symlink(helm, path.join(bin, 'helm'));
    await writeFile(file('values.json'), JSON.stringify(target.values));
    await writeFile(file('ca.pem'), clusterDefaults.trust);
    const next = wrapper === 'rollback-drill' ? await nextImage(environment) : undefined;
    const flags = ['--cacert', file('ca.pem'), '--connect-to', `${ingress.address.host}:${ingress.address.port}`];
    const wrapped = () =>
      run(path.join(repositoryRoot, 'examples', `${wrapper}.sh`), flags, {
        cwd: folder,
        env: {
          PATH: `${bin}:${request.settings.path}`,
          KUBECONFIG: kubeconfigFile,
          DATABASE_URL: target.database.urlFromTests(),
          MEHO_HOST: target.host,
          MEHO_BACKPLANE: `https://${target.host}`,
          MEHO_GIT_SHA: judged.gitSha,
          MEHO_IMAGE_TAG: judged.tag,
          MEHO_NEXT_IMAGE_TAG: next?.tag ?? '',
          MEHO_NEXT_IMAGE_REPOSITORY: next?.repository ?? '',
          MEHO_VALUES: [...target.valuesFiles, file('values.json')].join(':'),
          MEHO_CHART: request.subject.chart,
          MEHO_NAMESPACE: target.namespace,
          MEHO_RELEASE: request.subject.release,
          MEHO_ACCESS_TOKEN: '',
          MEHO_ISSUER: '',
          INSTALL_START_TS: '',
          SMOKE_START_TS: '',
          ...env,
        },
        timeoutMs,
        acceptExitCodes: [1, 2],
      });
    const { namespace } = target;
    const say = (said: string) => err(`${wrapper}.sh: ${said}\n`);
    return await withoutStatusRace({ api, namespace, release: request.subject.release, say }, wrapped);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
