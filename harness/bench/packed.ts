import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';

const timeoutMs = 180_000;

/**
 * Installs the packed package as a consumer does.
 *
 * @returns the command's file
 */
export async function packedVerifier(folder: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: repositoryRoot,
    timeoutMs,
    signal,
  });
  const tarball = tarballIn(stdout);
  const prefix = path.join(folder, 'prefix');
  await run('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', path.join(folder, tarball)], {
    cwd: folder,
    timeoutMs,
    signal,
  });
  return path.join(prefix, 'node_modules', 'meho-acceptance', 'dist', 'meho-acceptance.js');
}

/** Skips the prepack script's output. */
function tarballIn(stdout: string): string {
  const name = /"filename":\s*"([^"]+\.tgz)"/.exec(stdout)?.[1];
  if (name === undefined) {
    throw new Error(`npm pack named no tarball: ${stdout.slice(-300)}`);
  }
  return name;
}
