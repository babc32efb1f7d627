import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { readSettings } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { ensurePolicyPrograms, policyPrograms } from '@meho/images/tools/pod-security';
import { terminal } from './terminal.ts';

/** Starts with the oldest version that the chart supports. */
export const SERVERS: readonly string[] = policyPrograms.flatMap(({ versions }) => versions);

/** By version, what follows `violates PodSecurity "restricted:latest":` in its answer. */
export type Refusals = Readonly<Record<string, string>>;

const programs = await ensurePolicyPrograms({
  cacheFolder: readSettings().cacheFolder,
  progress: terminal,
  signal: new AbortController().signal,
});

/**
 * Runs each API server's admission code on a namespace enforcing the latest `restricted`.
 *
 * @throws Error if a version gives no answer
 */
export async function restrictedRefusals(pods: readonly V1PodTemplateSpec[]): Promise<readonly Refusals[]> {
  const stdin = JSON.stringify(pods.map(({ metadata, spec }) => ({ metadata, spec })));
  const answers = await Promise.all(
    programs.map(async (program): Promise<readonly Refusals[]> => {
      const { stdout } = await run(program, [], { stdin, timeoutMs: 30_000 });
      return JSON.parse(stdout);
    }),
  );
  return pods.map((_, index) => {
    const said: Refusals = Object.assign({}, ...answers.map((list) => list[index]));
    const silent = SERVERS.filter((version) => said[version] === undefined);
    if (silent.length > 0) {
      throw new Error(`expected an answer for each API server; none came for ${silent.join(', ')}`);
    }
    return Object.fromEntries(SERVERS.flatMap((version) => (said[version] ? [[version, said[version]]] : [])));
  });
}
