import { realpathSync, statSync } from 'node:fs';
import { rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { readBounded, whyUnreadable } from '@meho/core/bounded-file';
import { messageOf, UsageError } from '@meho/core/problem';
import { appendReport, writeReport } from '@meho/core/report/output';
import { runExclusively } from '@meho/core/runs/exclusive';
import { ownerOf } from '@meho/core/runs/owner';
import { WaitError } from '@meho/core/wait/wait-for';
import type { ReleaseReport } from './fleet-report.ts';
import { assertFree, HEARTBEAT_MS, readState, type StateHeader } from './state-file.ts';

/** What a fleet's run keeps, so that one that is killed is taken up where it was. */
export interface FleetState {
  /** @param objects as the release's are now @returns its report, unless something of it has changed or it was in doubt */
  kept(name: string, objects: string): ReleaseReport | undefined;
  /** @throws UsageError if the file can't be written */
  record(report: ReleaseReport, objects: string): Promise<void>;
  /** For a line about what was taken up; undefined for a run from the beginning. */
  readonly takenUp: string | undefined;
}

/** Without a file. */
export const noState: FleetState = { kept: () => undefined, record: async () => undefined, takenUp: undefined };

/** A verdict of longer ago is none of now. */
const FRESH_MS = 60 * 60_000;
const LOCK_MS = 1_000;
const LARGEST_BYTES = 256 * 1024 * 1024;

/**
 * Holds the file alone while `work` runs, and removes it when that comes to an end of its own: the next run begins anew.
 * @param of what decides verdicts, by flag @throws UsageError for a file in use, of another fleet, or that can't be written
 */
export async function withState<T>(
  file: string,
  of: Readonly<Record<string, string>>,
  signal: AbortSignal,
  work: (state: FleetState) => Promise<T>,
): Promise<T> {
  const place = path.join(realpathSync(path.dirname(path.resolve(file))), path.basename(file));
  let isHeld = false;
  let holder = 'another process';
  const onWait = (description: string) => {
    holder = description;
  };
  try {
    return await runExclusively(`fleet state ${place}`, { deadlineMs: LOCK_MS, signal, onWait }, async () => {
      isHeld = true;
      const state = await openState(place, file, of);
      const beat = setInterval(() => void utimes(place, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS);
      try {
        const result = await work(state);
        await rm(place, { force: true });
        return result;
      } finally {
        clearInterval(beat);
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    if (isHeld || !(error instanceof WaitError)) {
      throw error;
    }
    throw new UsageError([`--state ${file}: expected no other run to use it, ${holder} does: wait for its end`], {
      cause: error,
    });
  }
}

async function openState(place: string, file: string, of: Readonly<Record<string, string>>): Promise<FleetState> {
  const bytes = contentOf(place, file);
  const before = readState(bytes.toString('utf8'), file, of);
  const owner = await ownerOf();
  if (before !== undefined) {
    await assertFree(before.header, file, statSync(place).mtimeMs);
  }
  const now = Date.now();
  const fresh = (before?.entries ?? []).filter(({ release }) => now - Date.parse(release.startedAt) < FRESH_MS);
  const entries = new Map(fresh.map((entry) => [entry.release.name, entry]));
  const header: StateHeader = {
    kind: 'meho-acceptance fleet',
    version: 1,
    startedAt: before?.header.startedAt ?? new Date(now).toISOString(),
    owner,
    of,
  };
  const write = async (change: () => Promise<void>) => {
    try {
      await change();
    } catch (error) {
      throw new UsageError([`--state ${file}: can't be written: ${messageOf(error)}`], { cause: error });
    }
  };
  await write(async () => {
    const lines = [header, ...entries.values()].map((line) => `${JSON.stringify(line)}\n`);
    // Whole at any moment, also without the line that its run was killed in.
    await writeReport(`${place}.new`, 'jsonl', lines.join(''));
    await rename(`${place}.new`, place);
  });
  let last = Promise.resolve();
  return {
    kept: (name, objects) => {
      const entry = entries.get(name);
      return entry?.objects === objects && !isDoubted(entry.release) ? { ...entry.release, kept: true } : undefined;
    },
    record: (release, objects) => {
      last = last.then(() => write(() => appendReport(place, 'jsonl', `${JSON.stringify({ release, objects })}\n`)));
      return last;
    },
    takenUp: before && `${file}: taken up the run of ${header.startedAt}, which asked ${entries.size} releases`,
  };
}

function contentOf(place: string, file: string): Buffer {
  try {
    return readBounded(place, LARGEST_BYTES);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return Buffer.alloc(0);
    }
    throw new UsageError([`--state ${file}: expected a file of an earlier run, but ${whyUnreadable(error)}`], {
      cause: error,
    });
  }
}

/** Whoever could not look is asked again. */
function isDoubted({ checks }: ReleaseReport): boolean {
  return checks.some(({ outcome }) => outcome === 'unknown');
}
