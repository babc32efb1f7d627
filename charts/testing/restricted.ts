import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { readSettings } from '../../harness/config.ts';
import { ensurePolicyPrograms, policyPrograms } from '../../harness/images/tools/pod-security.ts';
import { run } from '../../harness/process/run.ts';
import { terminal } from './terminal.ts';

/** The API servers that are asked, from the oldest that the chart takes. */
export const SERVERS: readonly string[] = policyPrograms.flatMap(({ versions }) => versions);

/** What API servers have against a pod, by their version: the end of `violates PodSecurity "restricted:latest": …`. */
export type Refusals = Readonly<Record<string, string>>;

const programs = await ensurePolicyPrograms({
  cacheFolder: readSettings().cacheFolder,
  progress: terminal,
  signal: new AbortController().signal,
});

/**
 * Asks the admission code of each API server about pods in a namespace that enforces `restricted` in its latest version.
 * A pod that every one of them admits has no refusals.
 *
 * @throws Error when a version gives no answer
 */
export async function againstRestricted(pods: readonly V1PodTemplateSpec[]): Promise<readonly Refusals[]> {
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
