import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, Problem } from '../../problem.ts';
import { goCommand } from '../../process/go-command.ts';
import { exclusively } from '../../runs/exclusive.ts';
import type { GoProgram } from '../recipe.ts';
import { loggedRun } from './logged-run.ts';
import { hashOfProgram } from './recipe-hash.ts';
import { markUsed } from './unused.ts';
import { cachePath, exists, inWorkFolder, putInPlace, type Workspace } from './workspace.ts';

export type GoTarget = Omit<GoProgram, 'path'>;

const buildDeadlineMs = 40 * 60_000;
const downloadDeadlineMs = 15 * 60_000;

/**
 * The same sources give the same program: no paths, no version control, no C, and go.mod and go.sum as they are. Where
 * modules come from is the user's business (GOPROXY, GOPRIVATE …).
 */
const environment = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly', GOWORK: 'off' };

/** `helm` of `helm.sh/helm/v4/cmd/helm`, `kube` of `.` in `node/kube`. */
export function programName(target: GoTarget): string {
  return basename(target.package === '.' ? target.moduleFolder : target.package);
}

/** Where a program is, or will be once it is built. */
export async function programPath(target: GoTarget, workspace: Workspace): Promise<string> {
  const hash = await hashOfProgram(target, workspace.recipes);
  return cachePath(workspace, 'programs', join(hash.slice(0, 16), programName(target)));
}

/**
 * Builds a Go program, unless the same one is in the cache, and waits where another process builds it.
 *
 * @returns path of the program in the cache
 * @throws Problem with the end of the log
 */
export async function buildProgram(target: GoTarget, workspace: Workspace): Promise<string> {
  const place = await programPath(target, workspace);
  if (await exists(place)) {
    await markUsed(dirname(place));
    return place;
  }
  const { signal } = workspace;
  return exclusively(`program ${place}`, { deadlineMs: buildDeadlineMs, signal }, async () => {
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
  const args = ['build', '-trimpath', ...tags, ...ldflags, '-o', output, target.package];
  const go = await goFor(target.moduleFolder, workspace);
  const build = () =>
    loggedRun(`build ${target.package} in ${target.moduleFolder}`, log, go, args, {
      cwd: join(workspace.recipes, target.moduleFolder),
      env: environment,
      timeoutMs: buildDeadlineMs,
      signal: workspace.signal,
    });
  await build().catch((error: unknown) => (isTransport(messageOf(error)) ? build() : Promise.reject(error)));
}

/** A download that broke off is tried once more; what doesn't compile is not. */
export function isTransport(message: string): boolean {
  return /dial tcp|connection re(set|fused)|handshake timeout|i\/o timeout|unexpected EOF|: 50[0234] /.test(message);
}

/** The folder of the module cache with the sources of a module that a go.mod requires. */
export async function moduleSources(moduleFolder: string, module: string, workspace: Workspace): Promise<string> {
  const log = await cachePath(workspace, 'logs', `go-download-${basename(module)}.log`);
  const output = await loggedRun(
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
      next: `run \`go mod download ${module}\` in harness/images/${moduleFolder}`,
    });
  }
  return folder;
}

/** A module that no go.mod here requires, because only files of it are read. */
export interface PinnedModule {
  readonly module: string;
  /** e.g. `v1.3.2` */
  readonly version: string;
  /** As go.sum has it: `h1:…`. */
  readonly sum: string;
}

/** The folder of the module cache with the sources of that module. */
export async function pinnedSources({ module, version, sum }: PinnedModule, workspace: Workspace): Promise<string> {
  const wanted = `${module}@${version}`;
  const log = await cachePath(workspace, 'logs', `go-download-${basename(module)}.log`);
  const go = await goCommand({
    purpose: `to fetch ${wanted}`,
    folder: workspace.recipes,
    atLeast: oldestGo,
    signal: workspace.signal,
  });
  const output = await loggedRun(`fetch ${wanted}`, log, go, ['mod', 'download', '-json', wanted], {
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

/** The release that the recipes' go.mod files ask for. */
const oldestGo = '1.26';

function goFor(moduleFolder: string, { recipes, signal }: Workspace): Promise<string> {
  const folder = join(recipes, moduleFolder);
  return goCommand({ purpose: 'to build what no registry has', folder, atLeast: oldestGo, signal });
}
