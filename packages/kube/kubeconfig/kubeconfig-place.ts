import { accessSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** kubectl's default. */
export function defaultKubeconfig(): string {
  return path.join(homedir(), '.kube', 'config');
}

/** If not, the code that looks for a cluster isn't loaded. */
export function isClusterNamed(named: {
  readonly file: string | undefined;
  readonly context: string | undefined;
  readonly variable: string | undefined;
  readonly inCluster: object | undefined;
}): boolean {
  return Object.values(named).some((each) => each !== undefined) || mayBeThere(defaultKubeconfig());
}

/** Reading an unreachable file reports the fault. */
function mayBeThere(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
