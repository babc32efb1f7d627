import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { describe, expect, it } from 'vitest';
import { HELM } from './testing/helm-program.ts';
import { everyMutant, type Mutant } from './testing/mutation/mutants.ts';
import { mutatedChart } from './testing/mutation/mutated-chart.ts';
import { RECORDED, recordOf } from './testing/recorded.ts';

const mutants = everyMutant();

/**
 * `npm run mutants`: one change of one line each, all of which the chart's tests have to catch; those that survive fail by
 * name. Part of them: `npm run mutants -- -t templates/service.yaml`.
 */
describe('the chart’s tests catch', () => {
  it.concurrent.each(mutants.map((mutant) => ({ ...mutant, at: `${mutant.file}:${mutant.line}` })))(
    '$at, $what',
    async (mutant) => {
      expect((await isRecordedOtherwise(mutant)) || (await isCaughtByTests(mutant))).toBe(true);
    },
  );
});

/** What is recorded catches most, and costs no run of the tests. */
async function isRecordedOtherwise({ file, text }: Mutant): Promise<boolean> {
  await using mutant = await mutatedChart(file, () => text);
  for (const name of Object.keys(RECORDED)) {
    const recorded = readFileSync(new URL(`testing/renders/${name}.yaml`, import.meta.url), 'utf8');
    const rendered = await recordOf(HELM, mutant.chart, name).catch(() => undefined);
    if (rendered !== recorded) {
      return true;
    }
  }
  return false;
}

/** In a tree that has this repository's everything but the chart. */
async function isCaughtByTests({ file, text }: Mutant): Promise<boolean> {
  const root = await mkdtemp(join(tmpdir(), 'mutant-tests-'));
  try {
    for (const name of await readdir(repositoryRoot)) {
      if (name !== 'charts' && name !== '.git') {
        await symlink(join(repositoryRoot, name), join(root, name));
      }
    }
    await cp(join(repositoryRoot, 'charts'), join(root, 'charts'), { recursive: true });
    await writeFile(join(root, 'charts', 'meho', file), text);
    const runner = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
    const args = [runner, 'run', '--root', root, '--project', 'chart', '--project', 'unit', '--bail', '1', 'charts/'];
    const { exitCode } = await run(process.execPath, args, { cwd: root, timeoutMs: 600_000, acceptExitCodes: [1] });
    return exitCode === 1;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
