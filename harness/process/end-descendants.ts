import { type ProcessEntry, processTable } from './process-table.ts';

/**
 * Ends all that a process has started, and what that has started, with SIGKILL. They are stopped first: what stands still
 * starts nothing that would be missed. Where there is no /proc, nothing is found.
 */
export async function endDescendants(pid: number): Promise<void> {
  const stopped = new Set<number>();
  for (let found = await newcomers(pid, stopped); found.length > 0; found = await newcomers(pid, stopped)) {
    for (const each of found) {
      send(each, 'SIGSTOP');
      stopped.add(each);
    }
  }
  for (const each of stopped) {
    send(each, 'SIGKILL');
  }
}

async function newcomers(pid: number, known: ReadonlySet<number>): Promise<readonly number[]> {
  const below = Map.groupBy(await processTable(), ({ parent }) => parent);
  const descendants = (parent: number): readonly ProcessEntry[] =>
    (below.get(parent) ?? []).flatMap((each) => [each, ...descendants(each.pid)]);
  return descendants(pid)
    .map((each) => each.pid)
    .filter((each) => !known.has(each));
}

function send(pid: number, signal: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}
