import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { gitSha } from '@meho/contract/backplane/git-sha';
import type { Settings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { CommandError, lastLines, run as runProgram } from '@meho/core/process/run';
import type { RunIdentity } from '@meho/core/runs/identity';
import { temporaryFolder } from '@meho/core/runs/temporary';
import type { Engine } from '@meho/images/engine/engine';
import { type ExternalImage, findExternalImage } from '@meho/images/external-image';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import type { SubjectRequest } from '../../release/environment/request.ts';
import type { ValueFit } from '../../release/trust/value-fit.ts';
import type { CommandContext } from '../command.ts';
import type { SubjectValues } from './subject-flags.ts';

export interface ResolveOptions {
  readonly settings: Settings;
  readonly run: RunIdentity;
  /** Undefined if only the cluster has the image and the commit is given. */
  readonly engine: Engine | undefined;
}

const chartPullTimeoutMs = 120_000;

/**
 * Resolves the image's commit and pulls a remote chart once, so that everything judges the same bits.
 *
 * @throws UsageError in one line for an image or chart that can't be had, or an image without a commit
 */
export async function resolveSubject(
  values: SubjectValues,
  options: ResolveOptions,
  context: CommandContext,
  fit?: ValueFit,
): Promise<SubjectRequest> {
  const { namespace, objects, release } = values;
  const image = await resolveImage(values, options, context);
  const chart = values.chart.startsWith('oci://') ? await pullChart(values, options, context) : values.chart;
  return {
    chart,
    valuesFiles: values.values,
    image,
    release,
    ...(namespace === undefined ? {} : { namespace }),
    ...(objects === undefined ? {} : { objects: objects.file }),
    ...(fit === undefined ? {} : { fit }),
  };
}

async function resolveImage(
  { image: reference, 'git-sha': given }: SubjectValues,
  { engine }: ResolveOptions,
  { progress, signal }: CommandContext,
): Promise<SubjectRequest['image']> {
  if (reference === undefined) {
    return undefined;
  }
  const found: ExternalImage | undefined =
    engine === undefined ? undefined : await findExternalImage(reference, { engine, progress, signal });
  const revision = given ?? found?.revision;
  if (revision === undefined || gitSha(revision) === undefined) {
    const label = revision === undefined ? 'has no' : `says ${JSON.stringify(revision)} in its`;
    throw new UsageError([
      `image ${reference}: it ${label} label org.opencontainers.image.revision; name its commit with --git-sha`,
    ]);
  }
  return { reference, gitSha: revision, ...(found === undefined ? {} : { local: found.image }) };
}

async function pullChart(
  { chart, 'chart-version': version }: SubjectValues,
  { settings: { cacheFolder, path: searchPath }, run }: ResolveOptions,
  { progress, signal }: CommandContext,
): Promise<string> {
  const helm = await ensureTool('helm', { progress, signal, cacheFolder, searchPath });
  const folder = path.join(await temporaryFolder(run), 'chart');
  await mkdir(folder, { recursive: true });
  const args = [
    'pull',
    chart,
    '--untar',
    '--untardir',
    folder,
    ...(version === undefined ? [] : ['--version', version]),
  ];
  try {
    await progress.step(`pull ${chart}`, () => runProgram(helm.path, args, { timeoutMs: chartPullTimeoutMs, signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError)) {
      throw error;
    }
    throw new UsageError([`chart ${chart}: helm can't pull it: ${lastLines(error.stderr, 1)}`], { cause: error });
  }
  const [name] = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  if (name === undefined) {
    throw new UsageError([`chart ${chart}: helm pulled no chart's folder`]);
  }
  return path.join(folder, name.name);
}
