import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf } from '@meho/core/problem';
import { processTable } from '@meho/core/process/process-table';
import { lastLines, run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { temporaryFolders } from '@meho/core/runs/temporary';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import { dockerOf } from '@meho/images/engine/client';
import type { Engine } from '@meho/images/engine/engine';
import { belongings } from '@meho/images/engine/runs/belongings';

export interface Kill {
  /** SIGINT to the process group, as a terminal does; SIGKILL to the command only, the worst case. */
  readonly signal: 'SIGINT' | 'SIGKILL';
  /**
   * `creation`: its first object exists, since building images may take long; `clean-up`: a Ctrl-C once there is much
   * to clean up.
   */
  readonly from: 'start' | 'creation' | 'clean-up';
  /** In milliseconds after `from`. */
  readonly afterMs: number;
}

export interface KillResult extends Kill {
  /** Number of objects at the kill. */
  readonly had: number;
  /** Time until its last process ended, in milliseconds. */
  readonly endedAfterMs: number;
  readonly complaints: readonly string[];
  readonly output: string;
}

const command = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
/** A network, a cluster and services beside it. */
const muchToCleanUp = 4;
const momentSlackMs = 60_000;
const creationDeadlineMs = 10 * 60_000;
/** An interrupted run has a minute to clean up; a killed one's children notice within a second. */
const endDeadlineMs = { SIGINT: 90_000, SIGKILL: 30_000 } as const;
const downTimeoutMs = 120_000;
const lateDeadlineMs = 20_000;

/**
 * Kills `npm run acceptance` and looks for leftovers: none may remain after SIGINT, or after SIGKILL and `npm run
 * down`. A run that ended before the kill proves nothing, unless the kill was meant for its clean-up.
 *
 * @param plannedAbort ends the run at once, by SIGINT
 */
export async function killAcceptance(kill: Kill, engine: Engine, calledOff: AbortSignal): Promise<KillResult> {
  const { signal, from, afterMs } = kill;
  const artefacts = await mkdtemp(path.join(tmpdir(), 'meho-kill-'));
  try {
    const child = spawn(process.execPath, [command, 'acceptance', '--suite', 'install', '--artefacts', artefacts], {
      cwd: repositoryRoot,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) {
      throw new Error('the child has no pid');
    }
    const interrupt = () => child.exitCode === null && process.kill(-pid, 'SIGINT');
    try {
      if (from !== 'start') {
        const over = () => child.exitCode !== null;
        await thingsThere(engine, pid, from === 'creation' ? 1 : muchToCleanUp, over, calledOff);
      }
      if (from === 'clean-up') {
        interrupt();
      }
      const moment = performance.now() + afterMs;
      await waitFor('the moment to kill', async () => (performance.now() >= moment ? holds(true) : notYet('early')), {
        deadlineMs: afterMs + momentSlackMs,
        intervalMs: 10,
        signal: calledOff,
      });
    } catch (error) {
      interrupt();
      await ended;
      throw error;
    }
    const had = (await left(engine, pid)).length;
    // Nothing is awaited before the kill, so the pid stays valid.
    const over = child.exitCode !== null;
    const killedAt = performance.now();
    if (!over) {
      process.kill(signal === 'SIGINT' ? -pid : pid, signal);
    }
    const alive = await waitUntilGone(pid, endDeadlineMs[signal]);
    const endedAfterMs = performance.now() - killedAt;
    const [exitCode, by] = await ended;
    const interrupted = signal === 'SIGINT' || (from === 'clean-up' && over);
    const complaints = [
      ...(over && from !== 'clean-up' ? ['the run was over before the moment came'] : []),
      ...alive.map((name) => `process ${name} is still there`),
      // Before the command handles signals, the system's default ends it; a shell reports 130.
      ...(interrupted && exitCode !== 130 && by !== 'SIGINT' ? [`exit code ${exitCode} instead of 130`] : []),
      ...(interrupted ? [] : await down()),
      ...(await leftInTheEnd(engine, pid, !interrupted)),
    ];
    return { ...kill, had, endedAfterMs, complaints, output: lastLines(output, 15) };
  } finally {
    await rm(artefacts, { recursive: true, force: true });
  }
}

async function thingsThere(
  engine: Engine,
  pid: number,
  count: number,
  over: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    `the run to have created ${count} things`,
    async () => {
      if (over()) {
        return never('it ended before');
      }
      const there = await left(engine, pid);
      return there.length >= count
        ? holds(undefined)
        : notYet(there.length === 0 ? 'nothing is there' : there.join(', '));
    },
    { deadlineMs: creationDeadlineMs, intervalMs: 50, signal },
  );
}

/** Reports a hanging `down` without giving up. */
async function down(): Promise<readonly string[]> {
  try {
    const { exitCode, stderr } = await run(process.execPath, [command, 'down'], {
      timeoutMs: downTimeoutMs,
      acceptExitCodes: [1, 2],
    });
    return exitCode === 0 ? [] : [`down ended with ${exitCode}: ${lastLines(stderr, 3)}`];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** The engine may complete the dead caller's last request late: a second `down` finds that. */
async function leftInTheEnd(engine: Engine, pid: number, again: boolean): Promise<readonly string[]> {
  const first = await left(engine, pid);
  if (first.length === 0 || !again) {
    return first.map((what) => `${what} is left`);
  }
  try {
    await waitFor(
      'what came late to be removed',
      async () => {
        await down();
        const now = await left(engine, pid);
        return now.length === 0 ? holds(undefined) : notYet(now.join(', '));
      },
      { deadlineMs: lateDeadlineMs },
    );
    return [];
  } catch {
    return (await left(engine, pid)).map((what) => `${what} is left`);
  }
}

async function left(engine: Engine, pid: number): Promise<readonly string[]> {
  const [objects, folders] = await Promise.all([belongings(dockerOf(engine)), temporaryFolders()]);
  return [
    ...objects.filter((each) => each.run.owner.pid === pid).map(({ kind, name }) => `${kind} ${name}`),
    ...folders.filter((each) => each.run.owner.pid === pid).map((each) => `folder ${each.path}`),
  ];
}

/** @returns those left at the deadline */
async function waitUntilGone(group: number, deadlineMs: number): Promise<readonly string[]> {
  try {
    await waitFor(
      `the processes of group ${group} to end`,
      async () => {
        const alive = await membersOf(group);
        return alive.length === 0 ? holds(undefined) : notYet(alive.join(', '));
      },
      { deadlineMs, intervalMs: 100 },
    );
    return [];
  } catch {
    return membersOf(group);
  }
}

/** As `pid (name)`. */
async function membersOf(group: number): Promise<readonly string[]> {
  const members = (await processTable()).filter((each) => each.group === group);
  return members.map(({ pid, name }) => `${pid} (${name})`);
}
