import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHART_FOLDER } from '../chart-folder.ts';

/** A copy of the chart with one file changed. */
export async function mutatedChart(file: string, change: (text: string) => string) {
  const folder = await mkdtemp(join(tmpdir(), 'mutant-'));
  const chart = join(folder, 'meho');
  await cp(CHART_FOLDER, chart, { recursive: true });
  const place = join(chart, file);
  await writeFile(place, change(await readFile(place, 'utf8')));
  return { chart, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
