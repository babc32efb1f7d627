import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import type { Progress } from '@meho/core/report/progress';
import { repositoryRoot } from '@meho/core/repository';
import { bundleVerifiers } from '@meho/verifiers/bundle/bundle';

/** The published command as one commit makes it. */
export interface Build {
  /** Commit in 12 digits; of this tree with `-dirty` where it differs from its commit. */
  readonly commit: string;
  /** What `meho-acceptance` starts. */
  readonly program: string;
}

interface BuildOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const minutes = 60_000;

/** @throws Problem unless the repository has the commit */
export async function commitOf(name: string, signal: AbortSignal): Promise<string> {
  const { exitCode, stdout, stderr } = await git(['rev-parse', '--verify', '--quiet', `${name}^{commit}`], signal);
  if (exitCode !== 0) {
    throw new Problem({
      expected: `a commit of this repository as baseline`,
      observed: `${name}${stderr === '' ? '' : ` (${stderr})`}`,
      next: 'name one that `git log` shows; a shallow clone gets the others with `git fetch --unshallow`',
    });
  }
  return stdout.trim().slice(0, 12);
}

/** Bundles this tree into the folder. */
export async function ownBuild(folder: string, { progress, signal }: BuildOptions): Promise<Build> {
  const { stdout } = await run('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'], {
    cwd: repositoryRoot,
    timeoutMs: minutes,
    signal,
  });
  const program = path.join(folder, 'dist', 'meho-acceptance.js');
  await progress.step('bundle this tree', () => bundleVerifiers(path.dirname(program)));
  return { commit: stdout.trim(), program };
}

/** A clone of its own with its own packages, made once: `folder` only has what was finished. */
export async function baselineBuild(
  commit: string,
  folder: string,
  { progress, signal }: BuildOptions,
): Promise<Build> {
  const tree = path.join(folder, commit);
  const program = path.join(tree, 'dist', 'meho-acceptance.js');
  if (!(await isThere(program))) {
    const unfinished = `${tree}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const within = { cwd: unfinished, timeoutMs: 10 * minutes, signal };
    await progress.step(`clone ${commit}`, async () => {
      await run('git', ['clone', '--quiet', '--no-checkout', repositoryRoot, unfinished], { ...within, cwd: folder });
      await run('git', ['checkout', '--quiet', '--detach', commit], within);
    });
    await progress.step(`packages of ${commit}`, () => run('npm', ['ci', '--no-audit', '--no-fund'], within));
    await progress.step(`bundle ${commit}`, () => run('npm', ['run', 'bundle'], within));
    await rename(unfinished, tree);
  }
  return { commit, program };
}

function git(args: readonly string[], signal: AbortSignal) {
  return run('git', args, { cwd: repositoryRoot, timeoutMs: minutes, signal, acceptExitCodes: [1, 128] });
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
