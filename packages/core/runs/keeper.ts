import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inheritedEnvironment } from '../config.ts';
import { withoutChildMarks } from '../process/child-mark.ts';

/** Owns a run whose things are to stay. Without `keep` it ends with this process, however that ends. */
export interface Keeper extends Disposable {
  readonly pid: number;
  /** From then on only a signal ends it. @param file shown in the process table, for people */
  keep(file: string): Promise<void>;
}

/** The shell waits for a line; without one its input ends when we do, and so does it. */
const script = 'IFS= read -r file && exec tail -f "$file"';

export async function startKeeper(): Promise<Keeper> {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    detached: true,
    env: withoutChildMarks(inheritedEnvironment()),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  const { pid, stdin } = child;
  if (pid === undefined || stdin === null) {
    throw new Error('the keeper has neither a number nor an input');
  }
  child.unref();
  return {
    pid,
    keep: (file) =>
      new Promise((resolve, reject) => {
        stdin.on('error', reject);
        stdin.end(`${file}\n`, (error?: Error | null) => (error ? reject(error) : resolve()));
      }),
    [Symbol.dispose]: () => stdin.destroy(),
  };
}
