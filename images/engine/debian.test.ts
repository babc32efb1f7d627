import type { Progress } from '@meho/core/report/progress';
import { expect, test } from 'vitest';
import { cannotInstall, commandPath, ensureCommands } from './debian.ts';

const titles: string[] = [];
const progress: Progress = {
  step: (title, work) => {
    titles.push(title);
    return work({ update: () => undefined });
  },
  note: () => undefined,
  warn: () => undefined,
};
const options = { progress, signal: new AbortController().signal };

test('what is there is not installed', async () => {
  await ensureCommands({ sh: 'dash', '/etc/passwd': 'base-passwd' }, options);
  expect(titles).toEqual([]);
});

test('commands are found in the system’s folders, files by their path', async () => {
  expect(await commandPath('sh')).toMatch(/\/sh$/);
  expect(await commandPath('/etc/passwd')).toBe('/etc/passwd');
  expect(await commandPath('no-such-command')).toBeUndefined();
  expect(await commandPath('/no/such/file')).toBeUndefined();
});

test('where nothing may be installed, the message says what to install', () => {
  expect(cannotInstall([['dockerd', 'docker.io']])).toMatchObject({
    expected: 'dockerd on this machine',
    next: 'install it, e.g. with `sudo apt-get install docker.io`',
  });
});
