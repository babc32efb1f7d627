import { accessSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Where kubectl looks where nothing else is named. */
export function ownKubeconfig(): string {
  return path.join(homedir(), '.kube', 'config');
}

/** Whether there is anything by which a cluster could be found: where not, the code that looks for one need not be loaded. */
export function somethingNamesCluster(named: {
  readonly file: string | undefined;
  readonly context: string | undefined;
  readonly variable: string | undefined;
  readonly inCluster: object | undefined;
}): boolean {
  return Object.values(named).some((each) => each !== undefined) || mayBeThere(ownKubeconfig());
}

/** One that can't be reached is there: whoever reads it says what is wrong with it. */
function mayBeThere(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
