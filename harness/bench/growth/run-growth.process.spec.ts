import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quiet } from '@meho/core/report/testing/quiet';
import { repositoryRoot } from '@meho/core/repository';
import { bundleVerifiers } from '@meho/verifiers/bundle/bundle';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { axes } from './axes.ts';
import type { Axis, GrowthBuild } from './axis.ts';
import { growthPage } from './growth-page.ts';
import { growthTable } from './growth-table.ts';
import { WrongVerdict } from './measure.ts';
import { runGrowth } from './run-growth.ts';

vi.setConfig({ testTimeout: 120_000 });

const { signal } = new AbortController();
let folder: string;
let own: GrowthBuild;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'growth-'));
  const program = path.join(folder, 'dist', 'meho-acceptance.js');
  await bundleVerifiers(path.dirname(program));
  own = { commit: 'own', program, tree: repositoryRoot };
});
afterAll(() => rm(folder, { recursive: true }));

const grow = (some: readonly Axis[], baseline?: GrowthBuild) =>
  runGrowth({ axes: some, sizes: 2, runs: 1, own, baseline, cacheFolder: folder, progress: quiet, signal });

/** A program whose verdict takes as long as is said for each size, and holds as many MiB. */
async function scriptedAxis(name: string, ms: (size: number) => number, mib = 0): Promise<Axis> {
  const script = path.join(folder, `${name}.mjs`);
  await writeFile(
    script,
    'const [ms, mib] = process.argv.slice(2).map(Number); const held = Buffer.alloc(mib * 1024 * 1024, 1);\nsetTimeout(() => console.log("right", held.length), ms);\n',
  );
  return {
    ...{ name, title: name, unit: 'things', sizes: [1, 10], law: { msEach: 0, mib: 120 } },
    prepare: async () => async (size) => ({
      ...{ env: {}, exitCode: 0 as const, says: /^right/m },
      arguments: () => [script, String(ms(size)), String(mib)],
    }),
  };
}

test('verdicts are right at the two smallest sizes of each axis, and none holds more memory than its law', async () => {
  const grown = await grow(axes);
  expect(grown.map(({ axis }) => axis.name)).toEqual(axes.map(({ name }) => name));
  // Times are for an idle machine: here only what no load changes.
  expect(grown.flatMap(({ axis, points }) => points.filter(({ mib }) => !(mib <= axis.law.mib)))).toEqual([]);
  const page = growthPage(grown, 'own', undefined);
  expect(page.match(/<svg /g)).toHaveLength(axes.length);
});

test('a verdict that grows where it has to be flat breaks its law', async () => {
  const grown = await grow([await scriptedAxis('slower', (size) => size * 300)]);
  expect(growthTable(grown)).toMatch(/slower: flat, .*: BROKEN: 3\.\d+ s at 10, where /);
  expect(growthPage(grown, 'own', undefined)).toContain('1 of 1 laws broken');
});

test('memory over its bound breaks the law', async () => {
  const [grown] = await grow([await scriptedAxis('larger', () => 0, 130)]);
  expect(grown?.breaches.filter((each) => each.includes('MiB'))).toHaveLength(2);
});

test('a wrong verdict measures nothing', async () => {
  const axis = await scriptedAxis('wrong', () => 0);
  const wrong: Axis = {
    ...axis,
    prepare: async (place) => {
      const sized = await axis.prepare(place);
      return async (size) => ({ ...(await sized(size)), says: /^other/m });
    },
  };
  await expect(grow([wrong])).rejects.toThrow(WrongVerdict);
});

test('what the other build can not do is said, and is no breach', async () => {
  const axis = await scriptedAxis('newer', () => 0);
  const newer: Axis = {
    ...axis,
    prepare: async (place) => {
      const sized = await axis.prepare(place);
      return async (size) => {
        const call = await sized(size);
        return {
          ...call,
          arguments: (build) => (build.commit === 'own' ? call.arguments(build) : ['-e', 'process.exit(2)']),
        };
      };
    },
  };
  const [grown] = await grow([newer], { ...own, commit: 'other' });
  expect(grown).toMatchObject({ baseline: [], baselineTrouble: expect.stringContaining('exit code 2'), breaches: [] });
});
