import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { putInPlace, type Workspace } from './workspace.ts';

export interface BuildTime {
  readonly title: string;
  readonly seconds: number;
  /** ISO 8601. */
  readonly at: string;
}

const folderIn = (cacheFolder: string) => join(cacheFolder, 'times');

export async function recordBuildTime<T>(
  title: string,
  { cache }: Pick<Workspace, 'cache'>,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const result = await work();
  const time: BuildTime = {
    title,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    at: new Date().toISOString(),
  };
  await mkdir(folderIn(cache), { recursive: true });
  const file = join(folderIn(cache), `${title.replaceAll(/[^\w-]+/g, '-')}.json`);
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(time)}\n`);
  await putInPlace(unfinished, file);
  return result;
}

export async function buildTimes(cacheFolder: string): Promise<readonly BuildTime[]> {
  const folder = folderIn(cacheFolder);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const times = await Promise.all(
    names.map(async (name): Promise<BuildTime> => JSON.parse(await readFile(join(folder, name), 'utf8'))),
  );
  return times.toSorted((a, b) => b.seconds - a.seconds);
}
