import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newRun, runOf } from '@meho/core/runs/identity';
import { temporaryFolder } from '@meho/core/runs/temporary';

/**
 * Writes a kubeconfig readable by this user only, until the stack is disposed of; clean-up after a kill finds the run's
 * folder by name.
 *
 * @param name unique in the run
 */
export async function writePrivateKubeconfig(
  kubeconfig: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  stack: AsyncDisposableStack,
): Promise<string> {
  const run = runOf(labels) ?? (await newRun());
  const file = path.join(await temporaryFolder(run), `${name}.kubeconfig`);
  stack.defer(() => rm(file, { force: true }));
  await writeFile(file, kubeconfig, { mode: 0o600 });
  return file;
}
