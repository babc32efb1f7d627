import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '../config.ts';
import { gitSha } from '../contract/git-sha.ts';
import type { Engine } from '../engine/engine.ts';
import type { SubjectRequest } from '../environment/request.ts';
import type { SubjectFit } from '../environment/subject-fit.ts';
import { type GivenImage, givenImage } from '../images/given-image.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { UsageError } from '../problem.ts';
import { CommandError, lastLines, run as runProgram } from '../process/run.ts';
import type { RunIdentity } from '../runs/identity.ts';
import { temporaryFolder } from '../runs/temporary.ts';
import type { CommandContext } from './command.ts';
import type { SubjectValues } from './subject-flags.ts';

export interface ResolveOptions {
  readonly settings: Settings;
  readonly run: RunIdentity;
  /** Where the image is looked for; undefined where the cluster alone has to have it, and the commit is given. */
  readonly engine: Engine | undefined;
}

const chartPullTimeoutMs = 120_000;

/**
 * The subject that flags name, looked up: the commit of its image and, for a chart in a registry, a copy on this machine,
 * so that everything is judged on the same bits.
 *
 * @param fit what a chart that isn't ours takes of what a run sets
 * @throws UsageError in one line for an image or chart that can't be had, or an image that doesn't tell its commit
 */
export async function resolveSubject(
  values: SubjectValues,
  options: ResolveOptions,
  context: CommandContext,
  fit?: SubjectFit,
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
  const found: GivenImage | undefined =
    engine === undefined ? undefined : await givenImage(reference, { engine, progress, signal });
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
