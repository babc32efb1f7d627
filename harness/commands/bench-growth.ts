import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { defaulted, Invalid, optional } from '@meho/core/command-line/flags';
import { wholeNumber } from '@meho/core/command-line/values';
import { out, writeReport } from '@meho/core/report/output';
import { repositoryRoot } from '@meho/core/repository';
import { scratchFolder } from '@meho/core/runs/temporary';
import { axes } from '../bench/growth/axes.ts';
import type { GrowthBuild } from '../bench/growth/axis.ts';
import { growthPage } from '../bench/growth/growth-page.ts';
import { growthTable } from '../bench/growth/growth-table.ts';
import { runGrowth } from '../bench/growth/run-growth.ts';
import { baselineBuild, commitOf, ownBuild } from '../bench/pairs/build.ts';
import { commit } from './bench-pairs.ts';
import { readInput } from './calling/input.ts';
import { suiteFlags } from './calling/suite-flags.ts';
import type { CommandContext } from './command.ts';

const known = axes.map(({ name }) => name);

export const growthFlags = {
  artefacts: suiteFlags.artefacts,
  baseline: optional('COMMIT', 'also measure this commit, which is built once in the cache', commit),
  only: optional('NAME,…', `what grows, of ${known.join(', ')}; all without it`, someAxes),
  sizes: defaulted('N', 'how many sizes of each, from the smallest on', wholeNumber(2, 4), 4),
  runs: defaulted('N', 'how often each size is asked; the best counts', wholeNumber(1, 20), 3),
};

/** Against stand-ins; needs no cluster. @returns 1 where a law is broken */
export async function benchGrowth(args: readonly string[], { progress, signal }: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(growthFlags, args);
  const { artefacts, baseline, only = known, sizes, runs } = values;
  const { cacheFolder } = settings;
  await using scratch = await scratchFolder('growth-build');
  const found = baseline === undefined ? undefined : await commitOf(baseline, signal);
  const other =
    found === undefined
      ? undefined
      : withTree(await baselineBuild(found, path.join(cacheFolder, 'baselines'), { progress, signal }));
  const own = { ...(await ownBuild(scratch.path, { progress, signal })), tree: repositoryRoot };
  const grown = await runGrowth({
    axes: axes.filter(({ name }) => only.includes(name)),
    ...{ sizes, runs, own, baseline: other, cacheFolder, progress, signal },
  });
  await mkdir(artefacts, { recursive: true });
  const file = path.join(artefacts, 'growth.html');
  await writeReport(file, 'html', growthPage(grown, own.commit, other?.commit));
  out(
    `this tree ${own.commit}${other === undefined ? '' : `, other build ${other.commit}`}\n\n${growthTable(grown)}\n\n${file}\n`,
  );
  return grown.every(({ breaches }) => breaches.length === 0) ? 0 : 1;
}

function withTree(build: Omit<GrowthBuild, 'tree'>): GrowthBuild {
  return { ...build, tree: path.dirname(path.dirname(build.program)) };
}

function someAxes(text: string): readonly string[] | Invalid {
  const asked = text.split(',').map((name) => name.trim());
  return asked.every((name) => known.includes(name)) ? asked : new Invalid(`names among ${known.join(', ')}`);
}
