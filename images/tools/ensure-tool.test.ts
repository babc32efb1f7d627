import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureTool, versionIn } from './ensure-tool.ts';

test.each([
  ['v4.3.1', '4.3.1'],
  ['v3.18.0-rc.1', '3.18.0-rc.1'],
  ['clientVersion:\n  buildDate: "2026"\n  gitVersion: v1.34.4+k3s1\n  goVersion: go1.24.13\n', '1.34.4'],
  ['1.7.12\ninstalled by building from source\nbuilt with go1.26.8 compiler', '1.7.12'],
  ['development', undefined],
])('the version in %j', (answer, version) => {
  expect(versionIn(answer)).toBe(version);
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tools-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

test('what is on PATH and new enough is taken; what is too old or broken is passed over, and named', async () => {
  const good = await program('helm', 'echo v3.19.2');
  const old = await mkdtemp(join(folder, 'old-'));
  await writeFile(join(old, 'helm'), '#!/bin/sh\necho v3.12.0\n');
  await chmod(join(old, 'helm'), 0o755);
  const broken = await mkdtemp(join(folder, 'broken-'));
  await writeFile(join(broken, 'helm'), '#!/bin/sh\nexit 1\n');
  await chmod(join(broken, 'helm'), 0o755);
  const notes: string[] = [];
  const tool = await ensureTool('helm', {
    searchPath: [join(folder, 'absent'), broken, old, folder].join(delimiter),
    cacheFolder: join(folder, 'cache'),
    progress: {
      step: (_, work) => work({ update: () => undefined }),
      note: (line) => notes.push(line),
      warn: () => undefined,
    },
    signal: new AbortController().signal,
  });
  expect(tool).toEqual({ path: good, version: '3.19.2', origin: 'path' });
  expect(notes).toEqual([
    expect.stringContaining(`${broken}/helm is of an unknown version`),
    expect.stringContaining(`${old}/helm is 3.12.0`),
  ]);
});
