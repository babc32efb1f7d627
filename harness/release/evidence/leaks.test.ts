import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { secretsInFiles, watchArguments } from './leaks.ts';

const secrets = { token: 'eyJ-not-to-be-seen', mail: 'operator@example.com' };
const program = ['-e', 'process.stdin.resume()', 'marker-of-the-watched'];

async function startUntil(seen: Promise<void>, ...more: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...program, ...more]);
  const ended = once(child, 'exit');
  await seen;
  child.stdin.end();
  await ended;
}

test('a secret among the arguments of a process is found, by name only', async () => {
  const { leaks, sightings } = await watchArguments('marker-of-the-watched', secrets, (seen) =>
    startUntil(seen, secrets.token),
  );
  expect(leaks).toEqual([expect.stringMatching(/: token$/)]);
  expect(leaks.join()).not.toContain(secrets.token);
  expect(sightings).toBeGreaterThan(0);
});

test('a process without one is seen, and nothing is found', async () => {
  const { leaks, sightings } = await watchArguments('marker-of-the-watched', secrets, (seen) => startUntil(seen));
  expect(leaks).toEqual([]);
  expect(sightings).toBeGreaterThan(0);
});

test('work that fails is not hidden by the watch', async () => {
  await expect(watchArguments('x', secrets, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

test('a secret in a file of any depth is found', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'leaks-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'a', 'b'), { recursive: true });
  await writeFile(path.join(folder, 'a', 'b', 'log.txt'), `before ${secrets.mail} after`);
  await writeFile(path.join(folder, 'clean.txt'), 'nothing');
  expect(await secretsInFiles(folder, secrets)).toEqual(['a/b/log.txt: mail']);
});
