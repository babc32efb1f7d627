import { toggle } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import type { Settings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { out } from '@meho/core/report/output';
import { phaseTable } from '@meho/core/report/timeline';
import { type ImageName, imagesOf } from '@meho/images/catalog';
import type { Engine } from '@meho/images/engine/engine';
import { ensureImages } from '@meho/images/ensure-images';
import { pushImages } from '@meho/images/registry/push';
import { commonVariables, readInput, workCodes } from './calling/input.ts';
import { nodeFlag } from './calling/node-flag.ts';
import type { Command, CommandContext } from './command.ts';
import { prepare } from './running/prepare.ts';

const flags = {
  push: toggle('then put every image into MEHO_REGISTRY, and print `NAME HOST/PREFIX/…@sha256:…` for each'),
  ...nodeFlag,
};

/** Prepares a machine that is to be fast later, or a registry that others are fast by. */
export const images: Command = {
  name: 'images',
  summary: 'fetch or build every image and tool; with --push, fill a registry of yours',
  usage: usage({
    command: 'npm run images --',
    summary: 'Sees to it that the engine has every image and that helm and kubectl are there.',
    flags,
    environment: commonVariables,
    exitCodes: workCodes,
  }),
  async run(args, context) {
    const { values, settings } = readInput(flags, args);
    const { imageRegistry: registry } = settings;
    if (values.push && registry === undefined) {
      throw new UsageError(['--push needs MEHO_REGISTRY=HOST/PREFIX: where the images go']);
    }
    const names = imagesOf(values);
    const engine = await prepare(settings, context, names);
    if (values.push && registry !== undefined) {
      await push(engine, registry, names, settings, context);
    }
    context.progress.note(`\n${phaseTable(context.timeline.phases, context.timeline.elapsedMs)}`);
    return 0;
  },
};

async function push(
  engine: Engine,
  registry: string,
  names: readonly ImageName[],
  { imageMode: mode, cacheFolder }: Settings,
  { progress, signal }: CommandContext,
): Promise<void> {
  const there = await ensureImages(names, { engine, mode, registry, progress, signal, cacheFolder });
  for (const { name, pinned } of await pushImages([...there.values()], { engine, registry, progress, signal })) {
    out(`${name} ${pinned}\n`);
  }
}
