import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { candidates } from './candidates.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'candidates-'));
});
afterEach(() => rm(home, { recursive: true }));

test('the usual places, the system socket first', async () => {
  const hosts = (await candidates(home, 1000)).map(({ host }) => host);
  expect(hosts[0]).toBe('unix:///var/run/docker.sock');
  expect(hosts).toContain(`unix://${home}/.docker/run/docker.sock`);
  expect(hosts).toContain('unix:///run/user/1000/docker.sock');
});

async function useContext(name: string, host: string): Promise<void> {
  const folder = join(home, '.docker', 'contexts', 'meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: name }));
}

test('the current context comes before them and is named', async () => {
  await useContext('lab', 'tcp://lab:2375');
  expect((await candidates(home))[0]).toEqual({ host: 'tcp://lab:2375', source: 'Docker context lab' });
});

test('the default context and a broken configuration add nothing', async () => {
  const usual = await candidates(home);
  await useContext('default', 'tcp://never:1');
  expect(await candidates(home)).toEqual(usual);
  await writeFile(join(home, '.docker', 'config.json'), '{');
  expect(await candidates(home)).toEqual(usual);
});
