import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import type { Progress } from '@meho/core/report/progress';
import semver from 'semver';
import { buildProgram, type GoTarget, programPath } from '../builder/go-program.ts';
import { buildLanes } from '../builder/lanes.ts';
import { recordBuildTime } from '../builder/times.ts';
import { exists, type Workspace } from '../builder/workspace.ts';
import { type ToolName, type ToolSpec, tools } from './tools.ts';

export interface Tool {
  readonly path: string;
  /** e.g. `4.3.1` */
  readonly version: string;
  readonly origin: 'path' | 'built';
}

export interface EnsureToolOptions {
  readonly searchPath: string;
  readonly cacheFolder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const recipes = join(import.meta.dirname, '..');

/**
 * From PATH if accepted, else built from its pinned Go module, once per machine.
 * @throws Problem with the end of the log
 */
export async function ensureTool(name: ToolName, options: EnsureToolOptions): Promise<Tool> {
  const { signal } = options;
  const spec = tools[name];
  const found = await onPath(name, spec, options);
  if (found !== undefined) {
    return found;
  }
  const built = await ensureProgram(name, spec.build, options);
  const version = await versionOf(built, spec, signal);
  if (version === undefined) {
    throw new Problem({
      expected: `${name}, as built from images/${spec.build.moduleFolder}, to tell its version`,
      observed: `\`${[built, ...spec.versionArguments].join(' ')}\` does not`,
      next: 'correct it in images/tools/tools.ts',
    });
  }
  return { path: built, version, origin: 'built' };
}

export async function ensureProgram(
  name: string,
  target: GoTarget,
  { cacheFolder, progress, signal }: Omit<EnsureToolOptions, 'searchPath'>,
): Promise<string> {
  const workspace: Workspace = { recipes, cache: cacheFolder, signal };
  const built = await programPath(target, workspace);
  if (!(await exists(built))) {
    await buildLanes.in('go', signal, () =>
      progress.step(`build ${name}`, () =>
        recordBuildTime(`tool ${name}`, workspace, () => buildProgram(target, workspace)),
      ),
    );
  }
  return built;
}

async function onPath(
  name: string,
  spec: ToolSpec,
  { searchPath, progress, signal }: EnsureToolOptions,
): Promise<Tool | undefined> {
  const looked = new Set<string>();
  for (const folder of searchPath.split(delimiter).filter((each) => each !== '')) {
    const path = join(folder, name);
    // /bin and /usr/bin may be one folder.
    const real = (await isExecutable(path)) ? await realpath(path) : undefined;
    if (real === undefined || looked.has(real)) {
      continue;
    }
    looked.add(real);
    const version = await versionOf(path, spec, signal);
    if (version !== undefined && semver.satisfies(version, spec.accepted, { includePrerelease: true })) {
      return { path, version, origin: 'path' };
    }
    progress.note(`${path} is ${version ?? 'of an unknown version'}, ${spec.accepted} is needed: looking further`);
  }
  return undefined;
}

async function versionOf(path: string, spec: ToolSpec, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(path, spec.versionArguments, { timeoutMs: 30_000, signal });
    return versionIn(stdout === '' ? stderr : stdout);
  } catch {
    signal.throwIfAborted();
    return undefined; // reported as unknown version
  }
}

export function versionIn(answer: string): string | undefined {
  const text = /gitVersion: v?(\S+)/.exec(answer)?.[1] ?? answer;
  return /\bv?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)/.exec(text)?.[1];
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
