import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunReport } from '@meho/core/report/run-report';

export interface RunsOnDisk extends AsyncDisposable {
  readonly folder: string;
  /** @returns the run's folder */
  put(name: string, report: RunReport): Promise<string>;
  /** @returns the file */
  putFile(name: string, content: string): Promise<string>;
}

/** Folders of runs, as they leave them. */
export async function runsOnDisk(): Promise<RunsOnDisk> {
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-runs-'));
  const putFile = async (name: string, content: string) => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  return {
    folder,
    putFile,
    put: async (name, report) => path.dirname(await putFile(`${name}/report.json`, JSON.stringify(report))),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
