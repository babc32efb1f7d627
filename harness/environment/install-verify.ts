import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Finished, run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import type { Installed } from './cold-install.ts';
import type { Environment } from './environment.ts';

const verifier = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');
const timeoutMs = 120_000;

/** Runs the verifier as its users do, as a process of its own, against a release on this environment. */
export async function runInstallVerify(
  { authority, ingress, judged, kubeconfigFile, request }: Environment,
  { site, startedAtSeconds }: Installed,
  more: readonly string[] = [],
): Promise<Finished> {
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-verify-'));
  try {
    const caFile = path.join(folder, 'ca.pem');
    await writeFile(caFile, authority.certificatePem);
    const flags = {
      host: site.host,
      'expected-git-sha': judged.gitSha,
      namespace: site.namespace,
      release: request.subject.release,
      cacert: caFile,
      kubeconfig: kubeconfigFile,
      'connect-to': `${ingress.address.host}:${ingress.address.port}`,
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    return await run(process.execPath, [verifier, 'install-verify', ...args, '--enforce-budget', ...more], {
      env: { INSTALL_START_TS: String(startedAtSeconds), MEHO_ACCESS_TOKEN: '', DATABASE_URL: '' },
      timeoutMs,
      acceptExitCodes: [1, 2],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
