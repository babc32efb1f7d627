import { run } from '../process/run.ts';

/** The oldest helm that may drive a release. The five before it say in other words, or not at all, what a chart's schema refuses. */
export const OLDEST_HELM = '3.18.5';

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

/** Whether a release may be driven by this version. */
export function isAccepted(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  return major === 4 || (major === 3 && (minor > 18 || (minor === 18 && (patch > 5 || version === OLDEST_HELM))));
}

/** Helm 3 and Helm 4 apply, wait and roll back differently. */
export function majorOf(version: string | undefined): number | undefined {
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

/** What `--wait` waits for, which differs: for a line that says which helm it was. */
export function waitsFor(version: string): string {
  return majorOf(version.replace(/^v/, '')) === 3
    ? 'it waits for replicas to be ready but for maxUnavailable, and for the address of a LoadBalancer, not for custom resources'
    : 'it waits for all replicas, and for custom resources that say they are not ready, not for the address of a LoadBalancer';
}
