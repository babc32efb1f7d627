import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import semver from 'semver';
import { Problem } from '../../problem.ts';
import { run } from '../../process/run.ts';
import type { Progress } from '../../report/progress.ts';
import { buildProgram, type GoTarget, programPath } from '../build/go-program.ts';
import { buildLanes } from '../build/lanes.ts';
import { timed } from '../build/times.ts';
import { exists, type Workspace } from '../build/workspace.ts';
import { type ToolName, type ToolSpec, tools } from './tools.ts';

export interface Tool {
  /** Absolute path of the program. */
  readonly path: string;
  /** e.g. `4.3.1` */
  readonly version: string;
  readonly origin: 'path' | 'built';
}

export interface EnsureToolOptions {
  /** PATH. */
  readonly searchPath: string;
  readonly cacheFolder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const recipes = join(import.meta.dirname, '..');

/**
 * A tool that will do: the one on PATH when its version does, else one built from its pinned Go module, once a machine.
 *
 * @throws Problem with the end of the log when it can't be built
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
      expected: `${name}, as built from harness/images/${spec.build.moduleFolder}, to tell its version`,
      observed: `\`${[built, ...spec.versionArguments].join(' ')}\` does not`,
      next: 'correct it in harness/images/tools/tools.ts',
    });
  }
  return { path: built, version, origin: 'built' };
}

/** Path of a Go program of ours or others, built once a machine. */
export async function ensureProgram(
  name: string,
  target: GoTarget,
  { cacheFolder, progress, signal }: Omit<EnsureToolOptions, 'searchPath'>,
): Promise<string> {
  const workspace: Workspace = { recipes, cache: cacheFolder, signal };
  const built = await programPath(target, workspace);
  if (!(await exists(built))) {
    await buildLanes.in('go', signal, () =>
      progress.step(`build ${name}`, () => timed(`tool ${name}`, workspace, () => buildProgram(target, workspace))),
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
    // Two folders of PATH may be one, as /bin and /usr/bin are.
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
    return undefined; // a program that can't be run is reported as one of unknown version
  }
}

/** The first version in a program's answer, as semver writes it. */
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
