import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { annotationLines } from '@meho/core/report/safe-text';
import { ValuesError, type Violation } from '@meho/helm/render';
import { expect, onTestFinished, test } from 'vitest';
import { refusedLines } from './refused-lines.ts';

async function linesOf(texts: readonly string[], ...violations: readonly Violation[]): Promise<readonly string[]> {
  return linesOfChart('no-chart', texts, ...violations);
}

async function linesOfChart(
  of: string,
  texts: readonly string[],
  ...violations: readonly Violation[]
): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'values-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = texts.map((_, index) => path.join(folder, `values-${index}.yaml`));
  await Promise.all(texts.map((text, index) => writeFile(files[index] ?? '', text)));
  const all = refusedLines(new ValuesError(of, violations), files);
  return all.map((line) => line.replaceAll(/file=[^,]*\//g, 'file='));
}

const chart = '# of ours\nvault:\n  address: ""\n  role: x\nreplicaCount: many\n';

test('a refused value is marked at its line, in the last file that has it', async () => {
  const refused = { path: '/replicaCount', message: 'got string, want integer' };
  expect(await linesOf([chart], refused)).toEqual([
    expect.stringMatching(/^::error file=values-0\.yaml,line=5,title=values::at '\/replicaCount': /),
  ]);
  expect(await linesOf([chart, 'a: 1\nreplicaCount: none\n'], refused)).toEqual([
    expect.stringMatching(/^::error file=values-1\.yaml,line=2,/),
  ]);
});

test('a key that nothing knows is marked where it is, and what is missing where its parent is', async () => {
  expect(
    await linesOf(
      [chart, 'other: 1\n'],
      { path: '/vault', message: "additional properties 'role' not allowed" },
      { path: '/vault', message: "missing property 'token'" },
    ),
  ).toEqual([expect.stringMatching(/values-0\.yaml,line=4,/), expect.stringMatching(/values-0\.yaml,line=3,/)]);
});

test('what no file has is marked nowhere, and a file that is none breaks nothing', async () => {
  expect(await linesOf([chart], { path: '/image/tag', message: 'x' }, { path: '', message: 'x' })).toEqual([]);
  expect(refusedLines(new ValuesError('no-chart', [{ path: '/a', message: 'x' }]), ['/no/such/file'])).toEqual([]);
});

test('a value holds no other command', async () => {
  const evil = { path: '/replicaCount', message: "'x\n::add-mask::y ##[error]z' is not valid" };
  const [line = ''] = await linesOf([chart], evil);
  expect(annotationLines(line).split('\n')).toHaveLength(1);
  expect(annotationLines(line)).not.toMatch(/##\[/);
});

test('each of several keys that nothing knows is marked by itself', async () => {
  const both = { path: '', message: "additional properties 'vault', 'replicaCount' not allowed" };
  expect((await linesOf([chart], both)).map((line) => /line=\d+/.exec(line)?.[0])).toEqual(['line=3', 'line=5']);
});

test('what a subchart refuses is marked in its section, and never at a value of the chart’s of that name', async () => {
  const ours = path.join(import.meta.dirname, '..', '..', '..', 'charts', 'meho');
  const refused = { chart: 'broadcast', path: '/replicaCount', message: 'got string, want integer' };
  const section = 'replicaCount: 2\nbroadcast:\n  replicaCount: many\n';
  expect(await linesOfChart(ours, [section], refused)).toEqual([expect.stringMatching(/line=3,/)]);
  expect(await linesOfChart(ours, ['replicaCount: 2\n'], refused)).toEqual([]);
  const own = { ...refused, chart: 'meho-chart' };
  expect(await linesOfChart(ours, [section], own)).toEqual([expect.stringMatching(/line=1,/)]);
});
