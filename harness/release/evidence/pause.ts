import { once } from 'node:events';
import { constants, openSync, readSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { runLabel } from '@meho/core/runs/identity';
import { namespaces } from '@meho/kube/api/resource';
import type { Environment } from '../environment/environment.ts';
import { lookCommands } from './look-commands.ts';

/** The test runner's own, whatever its streams lead to. */
const terminal = '/dev/tty';
export const pauseMs = 15 * 60_000;

const paused = new WeakSet<object>();

/** Once for each failed test, before anything of it is removed; until Enter or the deadline that it says. */
export async function pauseForLook(test: object, name: string, environment: Environment): Promise<void> {
  if (environment.request.pauseOnFail !== true || paused.has(test)) {
    return;
  }
  paused.add(test);
  await waitForEnter(terminal, await pauseText(name, environment), pauseMs);
}

async function pauseText(name: string, environment: Environment): Promise<string> {
  const { api, kubeconfigFile, request } = environment;
  const found = await api.listMetadata(namespaces, { labels: `${runLabel}=${request.labels[runLabel]}` });
  const names = found.items.flatMap(({ metadata }) => metadata?.name ?? []);
  const until = new Date(Date.now() + pauseMs).toTimeString().slice(0, 8);
  return [
    `paused: ${name} failed; namespaces of this run: ${names.join(', ') || 'none'}`,
    ...lookCommands(kubeconfigFile, environment, names).map((line) => `  ${line}`),
    `Enter goes on; without it, it goes on by itself at ${until}`,
    '',
  ].join('\n');
}

/** On a terminal's file. @returns whether somebody pressed Enter, or ended the input */
export async function waitForEnter(file: string, text: string, deadlineMs: number): Promise<boolean> {
  const place = openSync(file, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
  discardTypedAhead(place);
  const input = new ReadStream(place);
  try {
    writeSync(place, text);
    await once(input, 'readable', { signal: AbortSignal.timeout(deadlineMs) });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      return false;
    }
    throw error;
  } finally {
    input.destroy();
  }
}

/** Somebody who pressed Enter minutes ago has not looked. */
function discardTypedAhead(place: number): void {
  const buffer = Buffer.alloc(1024);
  try {
    while (readSync(place, buffer) > 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) {
      throw error;
    }
  }
}
