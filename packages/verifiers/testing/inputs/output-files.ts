import { readFile } from 'node:fs/promises';
import path from 'node:path';

const outputs = ['junit.xml', 'summary.md', 'step.md', 'badge.json'];

export async function readOutputFiles(folder: string): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(
    outputs.map(async (name) => {
      try {
        return [[name, await readFile(path.join(folder, name), 'utf8')] as const];
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
          return [];
        }
        throw error;
      }
    }),
  );
  return Object.fromEntries(found.flat());
}
