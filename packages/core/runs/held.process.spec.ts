import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { heldRuns, isAlive, markHeld } from './held.ts';
import { identityIn, newRun, type RunIdentity } from './identity.ts';
import { startKeeper } from './keeper.ts';

const deadlineMs = 30_000;

// A real `npm run down` on this machine must not find these.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'held-'));
  vi.stubEnv('TMPDIR', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function toEnd(run: RunIdentity): Promise<void> {
  return waitFor('its owner to end', async () => ((await isAlive(run)) ? notYet('it is going') : holds(undefined)), {
    deadlineMs,
    intervalMs: 20,
  });
}

async function heldIds(): Promise<readonly string[]> {
  return (await heldRuns()).map(({ run: { id } }) => id);
}

/** A process that makes a run with a keeper, says which, and then goes on for a minute. */
async function maker(does: string): Promise<{ readonly run: RunIdentity; readonly kill: () => Promise<void> }> {
  const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const script = `
    import { startKeeper } from ${at('./keeper.ts')};
    import { newRun } from ${at('./identity.ts')};
    import { markHeld } from ${at('./held.ts')};
    const keeper = await startKeeper();
    const run = await newRun({ pid: keeper.pid, held: 'kept' });
    ${does}
    console.log(JSON.stringify(run));
    setTimeout(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const told = JSON.parse(String(line)) as RunIdentity;
  const run = identityIn({ id: told.id, ...told.owner, pid: String(told.owner.pid) }, Date.parse(told.createdAt));
  if (run === undefined) {
    throw new Error(`no run: ${String(line)}`);
  }
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { run, kill };
}

test('what a run with a keeper made is its own no longer than the run, unless it is kept', async () => {
  const { run, kill } = await maker('');
  expect(await isAlive(run)).toBe(true);
  await kill();
  await toEnd(run);
});

test('what is kept outlives its run, is found, and ends with its keeper', async () => {
  const { run, kill } = await maker("await keeper.keep(await markHeld(run, 'kept'));");
  await kill();
  expect(await isAlive(run)).toBe(true);
  const [held] = (await heldRuns()).filter((each) => each.run.id === run.id);
  expect(held).toMatchObject({ kind: 'kept', run: { owner: run.owner } });
  process.kill(run.owner.pid, 'SIGTERM');
  await toEnd(run);
  expect(await heldIds()).not.toContain(run.id);
  expect(existsSync(path.join(held?.folder ?? '', 'held')), 'the folder is for the next run to remove').toBe(true);
});

test('a keeper that is let go of ends, and nothing is held without a mark', async () => {
  const keeper = await startKeeper();
  const run = await newRun({ pid: keeper.pid, held: 'kept' });
  expect(run.labels).toMatchObject({ 'meho.io/run': run.id, 'meho.io/run-held': 'kept' });
  expect(await heldIds()).not.toContain(run.id);
  keeper[Symbol.dispose]();
  await toEnd(run);
  await expect(keeper.keep('/dev/null'), 'what is gone keeps nothing').rejects.toThrow();
});

test('what is up is found while its process is there', async () => {
  const run = await newRun({ held: 'up' });
  const own = path.dirname(await markHeld(run, 'up'));
  expect(await heldRuns()).toContainEqual(expect.objectContaining({ kind: 'up', folder: own }));
});
