import { run } from '../process/run.ts';

/** Which helm may drive a release, as the semver package writes it. The five before have another schema library, with words of its own. */
export const ACCEPTED_HELM = '>=3.18.5 <5';

/** It asks nobody: what takes longer hangs. */
const deadlineMs = 5_000;

/** The version of a helm program, e.g. `4.3.1`; undefined where it doesn't run or tells none. */
export async function helmVersion(program: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ['version', '--template', '{{.Version}}'], {
      timeoutMs: deadlineMs,
      ...(signal === undefined ? {} : { signal }),
    });
    return /^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)/.exec(stdout.trim())?.[1];
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** Helm 3 and Helm 4 apply, wait and roll back differently. */
export function majorOf(version: string | undefined): number | undefined {
  return version === undefined ? undefined : Number.parseInt(version, 10);
}
