import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';

/** What the isolated program must not reach. It tries, and says what it reached. */
interface Canary {
  readonly value: string;
  readonly file: string;
  readonly folder: string;
  readonly port: number;
}

export interface IsolatedRun {
  readonly command: readonly string[];
  /** Files and folders it may read; everything else is gone. */
  readonly readable: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** For the request on stdin. */
  readonly stdin: (canary: Canary) => string;
  readonly timeoutMs: number;
  readonly maxOutput: number;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

const memoryBytes = 8 * 1024 ** 3;
const fileBytes = 64 * 1024 ** 2;

/**
 * A root of its own from what is readable, without write access, network, other processes, capabilities.
 * `$1` an empty folder, then what is readable, `--`, the command.
 */
const enter = `set -eu
PATH=$PATH:/usr/sbin:/sbin
root=$1; shift
mount -t tmpfs -o size=256m,mode=0755 none "$root"
while [ "$1" != -- ]; do
  from=$1; shift
  [ -e "$from" ] || continue
  mkdir -p "$root$(dirname "$from")"
  if [ -L "$from" ]; then cp -P -- "$from" "$root$from"; continue; fi
  if [ -d "$from" ]; then mkdir -p "$root$from"; else : > "$root$from"; fi
  mount --rbind -- "$from" "$root$from"
  mount -o remount,bind,ro -- "$root$from"
done
shift
mkdir -p "$root/.home/tmp" "$root/proc" "$root/dev/shm" "$root/.old"
# Refused where the outer /proc is masked; then there is none.
mount -t proc proc "$root/proc" 2>/dev/null || :
cd "$root"
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- prlimit --as=${memoryBytes} --fsize=${fileBytes} --core=0 -- "$@"`;

const always = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc/ld.so.cache', '/etc/localtime'];
const devices = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom'];

/**
 * Runs other people's code without anything of ours but what it is given. Whether that holds is what the program itself
 * has to say first (`reached`).
 * @throws UsageError if this machine can't isolate @throws CommandError for the program's own failure
 */
export async function runIsolated(request: IsolatedRun): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'migration-compat-'));
  const value = randomBytes(16).toString('hex');
  const listener = await listen();
  try {
    const [root, beside] = [path.join(folder, 'root'), path.join(folder, 'beside')];
    await Promise.all([mkdir(root), mkdir(beside)]);
    const file = path.join(beside, 'canary');
    await writeFile(file, value, { mode: 0o600 });
    const canary: Canary = { value, file, folder: beside, port: portOf(listener) };
    await run(
      'unshare',
      [
        ...['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '--net', '--ipc', '--uts'],
        ...['sh', '-c', enter, 'sh', root, ...outermost([...always, ...devices, ...request.readable]), '--'],
        ...['env', '-i', ...Object.entries(request.environment).map(([name, text]) => `${name}=${text}`)],
        ...request.command,
      ],
      {
        stdin: request.stdin(canary),
        env: { MEHO_CANARY: value },
        timeoutMs: request.timeoutMs,
        maxOutput: request.maxOutput,
        onLine: request.onLine,
        signal: request.signal,
        cwd: '/',
      },
    );
  } catch (error) {
    request.signal.throwIfAborted();
    if (
      error instanceof CommandError &&
      !error.timedOut &&
      /^(?:unshare|mount|mkdir|cp|pivot_root|umount|setpriv|sh|prlimit|env): /m.test(error.stderr)
    ) {
      throw notIsolated(error.stderr.trim().split('\n')[0] ?? '', error);
    }
    if (error instanceof CommandError && error.exitCode === undefined && !error.timedOut && !error.overflowed) {
      throw notIsolated(error.observed.split('\n')[0] ?? '', error);
    }
    throw error;
  } finally {
    listener.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export function notIsolated(seen: string, cause?: unknown): UsageError {
  return new UsageError(
    [
      `--execute: expected a machine that can isolate what migrations run (Linux, unprivileged namespaces), but ${seen}; use --static, which runs nothing`,
    ],
    cause === undefined ? {} : { cause },
  );
}

/** Without what lies below another. */
export function outermost(paths: readonly string[]): string[] {
  const sorted = [...new Set(paths.map((each) => path.resolve(each)))].sort((one, other) => one.length - other.length);
  const kept: string[] = [];
  for (const each of sorted) {
    if (!kept.some((above) => each.startsWith(`${above}/`))) {
      kept.push(each);
    }
  }
  return kept;
}

async function listen(): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
