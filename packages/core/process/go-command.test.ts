import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Problem } from '../problem.ts';
import { goCommand } from './go-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'go-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A stand-in for go. @returns its path */
async function go(name: string, script: string): Promise<string> {
  const place = path.join(folder, name);
  await writeFile(place, `#!/bin/sh\n${script}\n`);
  await chmod(place, 0o755);
  return place;
}

const find = (places: readonly string[], atLeast = '1.26') =>
  goCommand({ purpose: 'to build it', folder, atLeast, places, signal: new AbortController().signal });

test('the first that is new enough is taken, asked in the folder of its go.mod', async () => {
  const old = await go('old', 'echo go version go1.24.4 linux/amd64');
  // Like a release that obeys go.mod, it answers by folder.
  const good = await go('good', `[ "$PWD" = "${folder}" ] && echo go version go1.26.8 linux/amd64`);
  expect(await find([path.join(folder, 'absent'), old, good])).toBe(good);
  expect(await find([old, good], '1.21')).toBe(old);
});

test.each(['go1.26', 'go1.26.0', 'go1.26rc1', 'go1.27-devel_1a2b'])('%s is new enough', async (version) => {
  const place = await go('exact', `echo go version ${version} linux/amd64`);
  expect(await find([place])).toBe(place);
});

test('what was found instead is told', async () => {
  const old = await go('old', 'echo go version go1.24.4 linux/amd64');
  const broken = await go('broken', 'echo "go: download go1.26: i/o timeout" >&2; exit 1');
  const error: unknown = await find([path.join(folder, 'absent'), old, broken]).catch((thrown: unknown) => thrown);
  if (!(error instanceof Problem)) {
    throw new Error(`expected a Problem, got ${String(error)}`);
  }
  expect(error.expected).toBe('Go 1.26 or newer to build it');
  expect(error.observed).toMatch(
    /absent is not there; .*old says "go version go1\.24\.4.*; .*broken fails: go: download/,
  );
  expect(error.next).toContain('go.dev');
});
