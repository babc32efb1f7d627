import { mkdir, readFile, rm } from 'node:fs/promises';
import { Problem } from '@meho/core/problem';
import { lastLines } from '@meho/core/process/run';
import { runExclusively } from '@meho/core/runs/exclusive';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import { ping } from './client.ts';
import { daemonArguments } from './daemon-arguments.ts';
import { type Daemon, startDetached } from './detached.ts';
import type { Engine } from './engine.ts';
import { hostOf, logOf, type PrivateEnginePlace } from './place.ts';
import { clearDeadDaemon, daemonPid, unmountRemains } from './remains.ts';

const startDeadlineMs = 60_000;
const stopDeadlineMs = 60_000;

/**
 * Starts the private dockerd, or finds a running one. It outlives this process.
 * @throws Problem with the end of its log if it fails
 */
export async function startPrivateEngine(place: PrivateEnginePlace, signal: AbortSignal): Promise<Engine> {
  return runExclusively(`engine ${place.runFolder}`, { deadlineMs: 2 * startDeadlineMs, signal }, async () => {
    const running = await ping({ host: hostOf(place) }, 2_000);
    if (running.answers) {
      return { host: hostOf(place), version: running.version, ours: true };
    }
    await Promise.all([mkdir(place.runFolder, { recursive: true }), mkdir(place.dataFolder, { recursive: true })]);
    if ((await daemonPid(place)) === undefined) {
      await clearDeadDaemon(place, signal);
      const [command, ...args] = await daemonCommand(place, signal);
      const daemon = await startDetached(command, args, logOf(place));
      return { host: hostOf(place), version: await waitForEngine(place, daemon, signal), ours: true };
    }
    // Running without an answer: still starting, or hung.
    return { host: hostOf(place), version: await waitForEngine(place, undefined, signal), ours: true };
  });
}

/** A dockerd without a bridge removes any docker0 at start: a network namespace of its own protects other engines. */
async function daemonCommand(place: PrivateEnginePlace, signal: AbortSignal): Promise<readonly [string, ...string[]]> {
  const args = await daemonArguments(place, signal);
  return place.network === 'none' ? ['unshare', '--net', 'dockerd', ...args] : ['dockerd', ...args];
}

async function waitForEngine(
  place: PrivateEnginePlace,
  daemon: Daemon | undefined,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await waitFor(
      'the private dockerd to answer',
      async () => {
        const answer = await ping({ host: hostOf(place) }, 2_000);
        if (answer.answers) {
          return holds(answer.version);
        }
        return daemon?.hasEnded() === true ? never('it has ended') : notYet(answer.reason);
      },
      { deadlineMs: startDeadlineMs, intervalMs: 100, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    const log = await readFile(logOf(place), 'utf8').catch(() => '');
    throw new Problem(
      {
        expected: 'the private dockerd to come up',
        observed: `it did not; the end of its log:\n${lastLines(log, 15)}`,
        next: `read ${logOf(place)}, try \`npm run down\` first, or start a Docker engine yourself and set DOCKER_HOST`,
      },
      { cause: error },
    );
  }
}

/** Also stops its containers; keeps images for the next run. @returns false if none was running */
export async function stopPrivateEngine(place: PrivateEnginePlace, signal: AbortSignal): Promise<boolean> {
  return runExclusively(`engine ${place.runFolder}`, { deadlineMs: 2 * startDeadlineMs, signal }, async () => {
    const pid = await daemonPid(place);
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      await waitFor(
        `dockerd (process ${pid}) to end`,
        async () => ((await daemonPid(place)) === undefined ? holds(true) : notYet('it is still there')),
        { deadlineMs: stopDeadlineMs, intervalMs: 50, signal },
      );
    }
    await clearDeadDaemon(place, signal);
    await unmountRemains(place, signal);
    await rm(place.runFolder, { recursive: true, force: true });
    return pid !== undefined;
  });
}
