import { readSettings } from '../../harness/config.ts';
import { ensureTool } from '../../harness/images/tools/ensure-tool.ts';
import { terminal } from './terminal.ts';

/**
 * Path of the helm that the chart's tests run: the one on PATH when it is new enough, else built, once a machine. It is
 * there before the first test's clock starts, because this module waits for it.
 */
export const HELM: string = await helmPath();

async function helmPath(): Promise<string> {
  const { cacheFolder, path: searchPath } = readSettings();
  const { signal } = new AbortController();
  return (await ensureTool('helm', { searchPath, cacheFolder, progress: terminal, signal })).path;
}
