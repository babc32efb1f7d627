import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, Problem } from '@meho/core/problem';
import { goCommand } from '@meho/core/process/go-command';
import { runExclusively } from '@meho/core/runs/exclusive';
import type { GoProgram } from '../recipe.ts';
import { hashOfProgram } from './recipe-hash.ts';
import { runLogged } from './run-logged.ts';
import { markUsed } from './unused.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from './workspace.ts';

export type GoTarget = Omit<GoProgram, 'path'>;

const buildDeadlineMs = 40 * 60_000;
const downloadDeadlineMs = 15 * 60_000;

/** Of programs with C, by command or file. */
export const cCompiler = { gcc: 'gcc', '/usr/include/stdio.h': 'libc6-dev' } as const;

/**
 * Makes builds reproducible: no paths, no version control, no C unless asked for, fixed go.mod and go.sum. Where modules come from
 * (GOPROXY, GOPRIVATE …) is up to the user.
 */
const environment = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly', GOWORK: 'off' };

/** E.g. `helm` for `helm.sh/helm/v4/cmd/helm`, `kube` for `.` in `node/kube`. */
export function programName(target: GoTarget): string {
  return basename(target.package === '.' ? target.moduleFolder : target.package);
}

export async function programPath(target: GoTarget, workspace: Workspace): Promise<string> {
  const hash = await hashOfProgram(target, workspace.recipes);
  return cachePath(workspace, 'programs', join(hash.slice(0, 16), programName(target)));
}

/**
 * Cached; waits if another process is building it.
 * @throws Problem with the end of the log
 */
export async function buildProgram(target: GoTarget, workspace: Workspace): Promise<string> {
  const place = await programPath(target, workspace);
  if (await exists(place)) {
    await markUsed(dirname(place));
    return place;
  }
  const { signal } = workspace;
  return runExclusively(`program ${place}`, { deadlineMs: buildDeadlineMs, signal }, async () => {
    if (!(await exists(place))) {
      await inWorkFolder(workspace, async (folder) => {
        const unfinished = join(folder, programName(target));
        await compile(target, unfinished, workspace);
        await mkdir(dirname(place), { recursive: true });
        await putInPlace(unfinished, place);
      });
    }
    return place;
  });
}

async function compile(target: GoTarget, output: string, workspace: Workspace): Promise<void> {
  const tags = target.tags === undefined || target.tags.length === 0 ? [] : ['-tags', target.tags.join(',')];
  const ldflags = target.ldflags === undefined ? [] : ['-ldflags', target.ldflags];
  const log = await cachePath(workspace, 'logs', `go-${programName(target)}.log`);
  const modFile = target.modFile === undefined ? [] : [`-modfile=${target.modFile}`];
  const args = ['build', '-trimpath', ...modFile, ...tags, ...ldflags, '-o', output, target.package];
  const go = await goFor(target.moduleFolder, workspace);
  const build = () =>
    runLogged(`build ${target.package} in ${target.moduleFolder}`, log, go, args, {
      cwd: join(workspace.recipes, target.moduleFolder),
      env: { ...environment, ...(target.cgo === true ? { CGO_ENABLED: '1' } : {}) },
      timeoutMs: buildDeadlineMs,
      signal: workspace.signal,
    });
  await build().catch((error: unknown) => (isTransport(messageOf(error)) ? build() : Promise.reject(error)));
}

/** A broken-off download is retried once; a compile error isn't. */
export function isTransport(message: string): boolean {
  return /dial tcp|connection re(set|fused)|handshake timeout|i\/o timeout|unexpected EOF|: 50[0234] /.test(message);
}

export async function moduleSources(moduleFolder: string, module: string, workspace: Workspace): Promise<string> {
  const log = await cachePath(workspace, 'logs', `go-download-${basename(module)}.log`);
  const output = await runLogged(
    `find the sources of ${module}`,
    log,
    await goFor(moduleFolder, workspace),
    ['mod', 'download', '-json', module],
    {
      cwd: join(workspace.recipes, moduleFolder),
      env: environment,
      timeoutMs: downloadDeadlineMs,
      signal: workspace.signal,
    },
  );
  const { Dir: folder }: { readonly Dir?: string } = JSON.parse(output);
  if (folder === undefined) {
    throw new Problem({
      expected: `the sources of ${module} in the module cache`,
      observed: 'go names no folder for them',
      next: `run \`go mod download ${module}\` in images/recipes/${moduleFolder}`,
    });
  }
  return folder;
}

/** No go.mod requires it, as only its files are read. */
export interface PinnedModule {
  readonly module: string;
  readonly version: string;
  /** The line `h1:…` of go.sum. */
  readonly sum: string;
}

export async function pinnedSources({ module, version, sum }: PinnedModule, workspace: Workspace): Promise<string> {
  const wanted = `${module}@${version}`;
  const log = await cachePath(workspace, 'logs', `go-download-${basename(module)}.log`);
  const go = await goCommand({
    purpose: `to fetch ${wanted}`,
    folder: workspace.recipes,
    atLeast: oldestGo,
    signal: workspace.signal,
  });
  const output = await runLogged(`fetch ${wanted}`, log, go, ['mod', 'download', '-json', wanted], {
    cwd: workspace.recipes,
    env: { ...environment, GOFLAGS: '' },
    timeoutMs: downloadDeadlineMs,
    signal: workspace.signal,
  });
  const { Dir: folder, Sum: seen }: { readonly Dir?: string; readonly Sum?: string } = JSON.parse(output);
  if (folder === undefined || seen !== sum) {
    throw new Problem({
      expected: `${wanted} with the hash ${sum}`,
      observed: `go fetched one with ${seen ?? 'none'}`,
      next: `see what is fetched: go mod download -json ${wanted}`,
    });
  }
  return folder;
}

export const oldestGo = '1.26';

function goFor(moduleFolder: string, { recipes, signal }: Workspace): Promise<string> {
  const folder = join(recipes, moduleFolder);
  return goCommand({ purpose: 'to build what no registry has', folder, atLeast: oldestGo, signal });
}
