import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Finished, run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import { newRun, runOf } from '../runs/identity.ts';
import { temporaryFolder } from '../runs/temporary.ts';
import type { Environment } from './environment.ts';
import { nextImage } from './next-image.ts';
import type { Site } from './site.ts';

const program = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');
const timeoutMs = 240_000;

/** The wrappers that consumers start from, in `examples/`. */
export type Wrapper = 'install' | 'smoke' | 'rollback-drill';

/**
 * Runs a wrapper as a consumer does, with helm and meho-acceptance on its PATH.
 *
 * @param env over what this site needs; empty counts as unset
 */
export async function runWrapper(
  environment: Environment,
  site: Site,
  wrapper: Wrapper,
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const { ground, helm, ingress, judged, kubeconfigFile, request } = environment;
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
    await writeFile(file('values.json'), JSON.stringify(site.values));
    await writeFile(file('ca.pem'), ground.trust);
    const next = wrapper === 'rollback-drill' ? await nextImage(environment) : undefined;
    const flags = ['--cacert', file('ca.pem'), '--connect-to', `${ingress.address.host}:${ingress.address.port}`];
    return await run(path.join(repositoryRoot, 'examples', `${wrapper}.sh`), flags, {
      cwd: folder,
      env: {
        PATH: `${bin}:${request.settings.path}`,
        KUBECONFIG: kubeconfigFile,
        DATABASE_URL: site.database.urlFromTests(),
        MEHO_HOST: site.host,
        MEHO_BACKPLANE: `https://${site.host}`,
        MEHO_GIT_SHA: judged.gitSha,
        MEHO_IMAGE_TAG: judged.tag,
        MEHO_NEXT_IMAGE_TAG: next?.tag ?? '',
        MEHO_NEXT_IMAGE_REPOSITORY: next?.repository ?? '',
        MEHO_VALUES: [...site.valuesFiles, file('values.json')].join(':'),
        MEHO_CHART: request.subject.chart,
        MEHO_NAMESPACE: site.namespace,
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
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
