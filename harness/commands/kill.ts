import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dockerOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { messageOf } from '../problem.ts';
import { processTable } from '../process/process-table.ts';
import { lastLines, run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import { belongings } from '../runs/belongings.ts';
import { temporaryFolders } from '../runs/temporary.ts';
import { holds, never, notYet, waitFor } from '../wait/wait-for.ts';

/** One run that is ended from outside. */
export interface Kill {
  /** SIGINT to its whole process group, as a terminal sends it; SIGKILL to the command alone, which is the worst case. */
  readonly signal: 'SIGINT' | 'SIGKILL';
  /**
   * From the start; from when the first thing of the run is there, since building images before that may take long; or
   * from a Ctrl-C that came once there was much to clean up.
   */
  readonly from: 'start' | 'creation' | 'clean-up';
  /** In milliseconds after `from`. */
  readonly afterMs: number;
}

/** What was left, in words; all empty where it is as it must be. */
export interface Killed extends Kill {
  /** What had been created at the moment of the kill. */
  readonly had: number;
  /** How long until no process of it was left, in milliseconds. */
  readonly endedAfterMs: number;
  readonly complaints: readonly string[];
  /** The end of what the run said. */
  readonly output: string;
}

const command = path.join(repositoryRoot, 'harness', 'commands', 'main.ts');
/** A network, a cluster and services beside it. */
const muchToCleanUp = 4;
const momentSlackMs = 60_000;
const creationDeadlineMs = 10 * 60_000;
/** The clean-up of an interrupted run has a minute; a killed one's children notice within a second. */
const endDeadlineMs = { SIGINT: 90_000, SIGKILL: 30_000 } as const;
const downTimeoutMs = 120_000;
const lateDeadlineMs = 20_000;

/**
 * Starts `npm run acceptance`'s process, kills it at a moment, and looks for what it left: after SIGINT nothing may be
 * there, after SIGKILL nothing once `npm run down` ran. A run that is over before the moment is no proof, and says so;
 * one that had cleaned up by then must have done so in whole.
 *
 * @param calledOff ends the run at once, by SIGINT: nobody waits for the moment any more
 */
export async function killAcceptance(kill: Kill, engine: Engine, calledOff: AbortSignal): Promise<Killed> {
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
    // Nothing is awaited between this and the kill: a process that ends meanwhile is not yet taken note of, and still there.
    const over = child.exitCode !== null;
    const killedAt = performance.now();
    if (!over) {
      process.kill(signal === 'SIGINT' ? -pid : pid, signal);
    }
    const alive = await untilGone(pid, endDeadlineMs[signal]);
    const endedAfterMs = performance.now() - killedAt;
    const [exitCode, by] = await ended;
    const interrupted = signal === 'SIGINT' || (from === 'clean-up' && over);
    const complaints = [
      ...(over && from !== 'clean-up' ? ['the run was over before the moment came'] : []),
      ...alive.map((name) => `process ${name} is still there`),
      // Before the command can listen to signals, the system's own way to end a process gives the shell its 130.
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

/** `npm run down`, as the user is told to. One that hangs is a finding, and no reason to look no further. */
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

/** What the engine was about when its caller died may appear a moment later: a second `down` finds it. */
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

/** Containers, networks, volumes and folders of runs that this process owned. */
async function left(engine: Engine, pid: number): Promise<readonly string[]> {
  const [objects, folders] = await Promise.all([belongings(dockerOf(engine)), temporaryFolders()]);
  return [
    ...objects.filter((each) => each.run.owner.pid === pid).map(({ kind, name }) => `${kind} ${name}`),
    ...folders.filter((each) => each.run.owner.pid === pid).map((each) => `folder ${each.path}`),
  ];
}

/** Waits for the end of every process of a group. @returns those that are still there on the deadline */
async function untilGone(group: number, deadlineMs: number): Promise<readonly string[]> {
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

/** Processes of a group, as `pid (name)`. */
async function membersOf(group: number): Promise<readonly string[]> {
  const members = (await processTable()).filter((each) => each.group === group);
  return members.map(({ pid, name }) => `${pid} (${name})`);
}
