import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newRun, runOf } from '../runs/identity.ts';
import { temporaryFolder } from '../runs/temporary.ts';

/**
 * Writes a kubeconfig for helm and kubectl, readable by us alone, until the stack is disposed of. It is in the run's own
 * folder, which whoever cleans up after a killed run finds by its name.
 *
 * @param name unlike any other of the run
 */
export async function keepPrivately(
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
