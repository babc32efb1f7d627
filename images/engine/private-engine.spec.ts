import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ping } from './client.ts';
import { commandPath } from './debian.ts';
import { hostOf, type PrivateEnginePlace, pidFileOf } from './place.ts';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts';

const signal = new AbortController().signal;
const obstacle =
  process.getuid?.() !== 0
    ? 'only root can start a dockerd'
    : (await commandPath('dockerd')) === undefined
      ? 'no dockerd is installed'
      : undefined;
let folder: string;
let place: PrivateEnginePlace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'private-engine-'));
  place = { runFolder: join(folder, 'run'), dataFolder: join(folder, 'data'), network: 'none' };
});
afterAll(async () => {
  await stopPrivateEngine(place, signal);
  await rm(folder, { recursive: true, force: true });
});

const pid = async () => Number(await readFile(pidFileOf(place), 'utf8'));

test('two that start it at once get the same one', { timeout: 180_000 }, async ({ skip }) => {
  skip(obstacle !== undefined, obstacle);
  const [one, other] = await Promise.all([startPrivateEngine(place, signal), startPrivateEngine(place, signal)]);
  expect(one).toEqual(other);
  expect(one).toMatchObject({ host: hostOf(place), ours: true });
  const first = await pid();
  await startPrivateEngine(place, signal);
  expect(await pid()).toBe(first);
});

test('one that was killed is started anew, whatever its pid file says', { timeout: 180_000 }, async ({ skip }) => {
  skip(obstacle !== undefined, obstacle);
  await startPrivateEngine(place, signal);
  const before = await pid();
  process.kill(before, 'SIGKILL');
  await waitFor(
    'dockerd to be gone',
    async () => ((await ping({ host: hostOf(place) }, 500)).answers ? notYet('it answers') : holds(true)),
    { deadlineMs: 10_000 },
  );
  await startPrivateEngine(place, signal);
  expect(await pid()).not.toBe(before);
});

test('stopping stops it, and says so once', { timeout: 180_000 }, async ({ skip }) => {
  skip(obstacle !== undefined, obstacle);
  await startPrivateEngine(place, signal);
  expect(await stopPrivateEngine(place, signal)).toBe(true);
  expect((await ping({ host: hostOf(place) }, 500)).answers).toBe(false);
  expect(await stopPrivateEngine(place, signal)).toBe(false);
});

test('one that cannot come up says why at once', { timeout: 60_000 }, async ({ skip }) => {
  skip(obstacle !== undefined, obstacle);
  const broken = { ...place, dataFolder: join(folder, 'broken') };
  await mkdir(broken.dataFolder);
  await writeFile(join(broken.dataFolder, 'docker'), 'where a folder should be');
  await expect(startPrivateEngine(broken, signal)).rejects.toMatchObject({
    name: 'Problem',
    observed: expect.stringContaining('the end of its log'),
  });
});
