import { readSettings } from '@meho/core/config';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { terminal } from './terminal.ts';

/** Awaited on import, before the first test's clock starts; built once a machine unless PATH has it. */
export const HELM: string = await helmPath();

async function helmPath(): Promise<string> {
  const { cacheFolder, path: searchPath } = readSettings();
  const { signal } = new AbortController();
  return (await ensureTool('helm', { searchPath, cacheFolder, progress: terminal, signal })).path;
}
