import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { messageOf } from '@meho/core/problem';
import type { RunIdentity } from '@meho/core/runs/identity';
import { temporaryFolder } from '@meho/core/runs/temporary';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { readKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { runNamespaces } from '../../clusters/run-namespaces.ts';
import { lookCommands } from '../../release/evidence/look-commands.ts';
import type { CommandContext } from '../command.ts';

/** What stays of a run, how to look at it, and how to be rid of it. */
export async function sayKept(run: RunIdentity, { progress, signal }: CommandContext): Promise<void> {
  const end = '`npm run down` removes it';
  const folder = await temporaryFolder(run);
  const name = (await readdir(folder)).find((each) => each.endsWith('.kubeconfig'));
  const file = name === undefined ? undefined : path.join(folder, name);
  const kubeconfig = file === undefined ? undefined : readKubeconfig(file, undefined);
  if (file === undefined || kubeconfig === undefined) {
    progress.note(`kept: what run ${run.id} made in the Docker engine, without a cluster; ${end}`);
    return;
  }
  const { cacheFolder, path: searchPath } = readSettings();
  const tool = async (which: 'helm' | 'kubectl') =>
    (await ensureTool(which, { progress, signal, cacheFolder, searchPath })).path;
  const tools = { helm: await tool('helm'), kubectl: await tool('kubectl') };
  const names: string[] = [];
  try {
    using api = new KubeApi(await accessOf(kubeconfig, undefined, signal));
    names.push(...(await runNamespaces(api, signal)).flatMap((each) => (each.run.id === run.id ? [each.name] : [])));
  } catch (error) {
    progress.warn(`its namespaces can't be listed: ${messageOf(error)}`);
  }
  progress.note(`kept: cluster, services and namespaces of run ${run.id} (${names.join(', ') || 'none'}); ${end}`);
  for (const command of lookCommands(file, tools, names)) {
    progress.note(`  ${command}`);
  }
}
