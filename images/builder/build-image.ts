import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Problem } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import { dockerOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { followStream } from '../engine/follow.ts';
import type { ImageRecipe } from '../recipe.ts';
import type { ArchiveWriter, Layer } from './archive.ts';
import { entriesOf, type TarballOf, writeLayer } from './files-layer.ts';
import { buildProgram } from './go-program.ts';
import { type ImageContents, writeImage } from './image-archive.ts';
import { rootfsPath } from './rootfs.ts';
import { emptyIndex, indexOf } from './rootfs-index.ts';
import { markUsed } from './unused.ts';
import { inWorkFolder, type Workspace } from './workspace.ts';

export interface AssembleOptions {
  readonly tag: string;
  readonly recipe: ImageRecipe;
  readonly engine: Engine;
  readonly workspace: Workspace;
  readonly tarballOf: TarballOf;
  readonly progress: Progress;
}

/** Root file system and programs must be cached (`rootfs.ts`, `go-program.ts`). */
export async function assembleImage(options: AssembleOptions): Promise<void> {
  const { tag, recipe, engine, workspace, tarballOf, progress } = options;
  await inWorkFolder(workspace, async (folder) => {
    const rootfs = recipe.rootfs === undefined ? undefined : await rootfsPath(recipe.rootfs, workspace);
    const base = rootfs === undefined ? undefined : await indexOf(rootfs);
    if (rootfs !== undefined) {
      await Promise.all([markUsed(rootfs), markUsed(`${rootfs}.json`)]);
    }
    const index = base?.index ?? emptyIndex;
    const layers: Layer[] = base === undefined ? [] : [base.layer];
    for (const [number, program] of (recipe.programs ?? []).entries()) {
      const built = await buildProgram(program, workspace);
      const entry = {
        to: program.path,
        write: (archive: ArchiveWriter, name: string) => archive.file(name, built, 0o755),
      };
      layers.push(await writeLayer(join(folder, `program-${number}.tar`), [entry], index));
    }
    const around = { rootfs, progress, signal: workspace.signal };
    const entries = await entriesOf(recipe.files ?? [], { folder, workspace, tarballOf, around });
    if (entries.length > 0) {
      layers.push(await writeLayer(join(folder, 'files.tar'), entries, index));
    }
    await load(engine, { tag, layers, config: recipe.config }, workspace.signal);
  });
}

/** The largest takes half a minute; a stuck engine stays silent. */
const loadDeadlineMs = 10 * 60_000;

async function load(engine: Engine, contents: ImageContents, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(loadDeadlineMs);
  const docker = dockerOf(engine);
  const archive = new PassThrough();
  const failed = new AbortController();
  const written = writeImage(contents, archive).catch((error: unknown) => {
    failed.abort(error); // the client ignores an upload that breaks off
    throw error;
  });
  const taken = (async () => {
    const answer = await docker.loadImage(archive, { abortSignal: AbortSignal.any([signal, failed.signal, deadline]) });
    await followStream(docker, answer);
  })();
  const [sending, taking] = await Promise.allSettled([written, taken]);
  signal.throwIfAborted();
  if (taking.status === 'rejected') {
    throw new Problem(
      {
        expected: `the engine to take ${contents.tag}`,
        observed: 'it did not',
        next: 'mend what it gives as its reason; a full disk is the usual one',
      },
      { cause: failed.signal.aborted ? failed.signal.reason : taking.reason },
    );
  }
  if (sending.status === 'rejected') {
    throw sending.reason;
  }
}
