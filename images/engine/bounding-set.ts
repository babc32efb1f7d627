import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, Problem } from '@meho/core/problem';
import { goCommand } from '@meho/core/process/go-command';
import { CommandError, run } from '@meho/core/process/run';

const sources = join(import.meta.dirname, 'runtime');

/** Even root may lack capabilities the kernel knows. */
export async function hostLacksCapabilities(): Promise<boolean> {
  const [status, last] = await Promise.all([
    readFile('/proc/self/status', 'utf8'),
    readFile('/proc/sys/kernel/cap_last_cap', 'utf8'),
  ]);
  return lacksCapabilities(status, Number(last));
}

/**
 * @param status text of `/proc/<pid>/status`
 * @param last number of the kernel's last capability
 */
export function lacksCapabilities(status: string, last: number): boolean {
  const hex = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return hex !== undefined && BigInt(`0x${hex}`) !== (1n << BigInt(last + 1)) - 1n;
}

/** That of its go.mod: machines that build no image may have an old one. */
export const runtimeGo = '1.21';

/**
 * The runtime keeps containers within the host's bounding set (see `runtime/main.go`). @returns its path
 * @throws Problem without Go
 */
export async function boundedRuntime(folder: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(sources)).toSorted()) {
    hash.update(name).update(await readFile(join(sources, name)));
  }
  const program = join(folder, `runc-bounded-${hash.digest('hex').slice(0, 12)}`);
  if (await exists(program)) {
    return program;
  }
  await mkdir(folder, { recursive: true });
  const purpose = 'to build a container runtime for this host, which lacks capabilities that containers ask for';
  const go = await goCommand({ purpose, folder: sources, atLeast: runtimeGo, signal });
  const unfinished = `${program}.${process.pid}`;
  try {
    await run(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, '.'], {
      cwd: sources,
      env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
      timeoutMs: 5 * 60_000,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem(
      {
        expected: purpose,
        observed: `\`go build\` failed: ${error instanceof CommandError ? error.observed : messageOf(error)}`,
        next: `try it by hand in ${sources}`,
      },
      { cause: error },
    );
  }
  await rename(unfinished, program);
  return program;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
