import path from 'node:path';
import { run } from '../../process/run.ts';
import { repositoryRoot } from '../../repository.ts';

const timeoutMs = 180_000;

/**
 * Packs the npm package and installs it as a consumer would, into a prefix of its own and without the repository.
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

/** What the script before the packing prints comes first. */
function tarballIn(stdout: string): string {
  const name = /"filename":\s*"([^"]+\.tgz)"/.exec(stdout)?.[1];
  if (name === undefined) {
    throw new Error(`npm pack named no tarball: ${stdout.slice(-300)}`);
  }
  return name;
}
