import { run } from '@meho/core/process/run';

/** The five versions before it say differently, or not at all, what a schema refuses. */
export const OLDEST_HELM = '3.18.5';

/** It needs no network: slower means it hangs. */
const deadlineMs = 5_000;

/** E.g. `4.3.1`; undefined if it doesn't run or print one. */
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

export function isSupportedHelm(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  return major === 4 || (major === 3 && (minor > 18 || (minor === 18 && (patch > 5 || version === OLDEST_HELM))));
}

/** Helm 3 and 4 apply, wait and roll back differently. */
export function majorOf(version: string | undefined): number | undefined {
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

export function describeWait(version: string): string {
  return majorOf(version.replace(/^v/, '')) === 3
    ? 'it waits for replicas to be ready but for maxUnavailable, and for the address of a LoadBalancer, not for custom resources'
    : 'it waits for all replicas, and for custom resources that say they are not ready, not for the address of a LoadBalancer';
}
