import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runExclusively } from '@meho/core/runs/exclusive';
import { type PythonWheel, unpackWheel } from '../builder/python-wheel.ts';
import { markUsed } from '../builder/unused.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from '../builder/workspace.ts';
import type { EnsureToolOptions } from './ensure-tool.ts';

/** The wheels contain the program itself, each linked for one platform. */
const wheel: PythonWheel = {
  name: 'zizmor',
  version: '1.32.0',
  sha256: [
    '84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071', // Linux x86-64
    '0cdd38fca6eb34ceb567548548d706332e3535ea66894b9168c048e03207b68c', // Linux arm64
    'dd818f99d833b86cd432d5412d620d936b5df074b33404fff8b67acff55d3259', // Linux x86-64, musl
    'd34dcfa702875202b4163d90ebb9cc5222f3d1a7d4b72bf796d87b5a15b24194', // Linux arm64, musl
    'aa4b4e216321dd5cf202cd79fc83296468f0eed79d850cd65ac8187a6bbc5496', // macOS x86-64
    '0a999c98015becd9f69919ce01febadfb1c2be9b8ec2ce9ef7eb13ff23ba8eba', // macOS arm64
  ],
};
const deadlineMs = 10 * 60_000;

/**
 * Fetches the pinned version of zizmor, once per machine.
 *
 * @returns the program's path
 * @throws Problem if the package index can't be reached or has another file under that version
 */
export async function ensureZizmor(options: Omit<EnsureToolOptions, 'searchPath'>): Promise<string> {
  const { cacheFolder: cache, progress, signal } = options;
  const workspace: Workspace = { recipes: import.meta.dirname, cache, signal };
  const place = await cachePath(workspace, 'programs', join(`zizmor-${wheel.version}`, 'zizmor'));
  await runExclusively(`program ${place}`, { deadlineMs, signal }, async () => {
    if (await exists(place)) {
      await markUsed(dirname(place));
      return;
    }
    await progress.step(`fetch zizmor ${wheel.version}`, () =>
      inWorkFolder(workspace, async (work) => {
        const unpacked = await unpackWheel(wheel, work, options);
        const program = join(unpacked, `zizmor-${wheel.version}.data`, 'scripts', 'zizmor');
        await chmod(program, 0o755);
        await mkdir(dirname(place), { recursive: true });
        await putInPlace(program, place);
      }),
    );
  });
  return place;
}
