import { mkdir, readFile, rm } from 'node:fs/promises';
import { Problem } from '../problem.ts';
import { lastLines } from '../process/run.ts';
import { exclusively } from '../runs/exclusive.ts';
import { holds, never, notYet, waitFor } from '../wait/wait-for.ts';
import { ping } from './client.ts';
import { daemonArguments } from './daemon-arguments.ts';
import { type Daemon, startDetached } from './detached.ts';
import type { Engine } from './engine.ts';
import { hostOf, logOf, type PrivateEnginePlace } from './place.ts';
import { clearDeadDaemon, daemonPid, unmountRemains } from './remains.ts';

const startDeadlineMs = 60_000;
const stopDeadlineMs = 60_000;

/**
 * Starts the private dockerd, or finds the one that an earlier run or a neighbour started. It outlives this process.
 *
 * @throws Problem with the end of its log when it doesn't come up
 */
export async function startPrivateEngine(place: PrivateEnginePlace, signal: AbortSignal): Promise<Engine> {
  return exclusively(`engine ${place.runFolder}`, { deadlineMs: 2 * startDeadlineMs, signal }, async () => {
    const running = await ping({ host: hostOf(place) }, 2_000);
    if (running.answers) {
      return { host: hostOf(place), version: running.version, ours: true };
    }
    await Promise.all([mkdir(place.runFolder, { recursive: true }), mkdir(place.dataFolder, { recursive: true })]);
    if ((await daemonPid(place)) === undefined) {
      await clearDeadDaemon(place, signal);
      const [command, ...args] = await daemonCommand(place, signal);
      const daemon = await startDetached(command, args, logOf(place));
      return { host: hostOf(place), version: await untilItAnswers(place, daemon, signal), ours: true };
    }
    // It runs and didn't answer: it is still coming up, or it hangs.
    return { host: hostOf(place), version: await untilItAnswers(place, undefined, signal), ours: true };
  });
}

/**
 * A dockerd without a bridge removes docker0 when it starts, whosever it is: it gets a network of its own to do that
 * in, and the bridges of other engines on this machine stay.
 */
async function daemonCommand(place: PrivateEnginePlace, signal: AbortSignal): Promise<readonly [string, ...string[]]> {
  const args = await daemonArguments(place, signal);
  return place.network === 'none' ? ['unshare', '--net', 'dockerd', ...args] : ['dockerd', ...args];
}

async function untilItAnswers(
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

/**
 * Stops the private dockerd with what it runs. Its images stay, so that the next run need not build them.
 *
 * @returns false when none was running
 */
export async function stopPrivateEngine(place: PrivateEnginePlace, signal: AbortSignal): Promise<boolean> {
  return exclusively(`engine ${place.runFolder}`, { deadlineMs: 2 * startDeadlineMs, signal }, async () => {
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
