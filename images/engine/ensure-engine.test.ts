import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDockerEnvironment } from '@meho/core/config/docker';
import { quiet } from '@meho/core/report/testing/quiet';
import { expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from './ensure-engine.ts';

const named = (DOCKER_HOST: string) => readDockerEnvironment({ DOCKER_HOST });
const signal = new AbortController().signal;

test('an engine that was named and is not there is not replaced by another', async () => {
  const host = 'unix:///nowhere/docker.sock';
  await expect(ensureEngine({ progress: quiet, signal, docker: named(host) })).rejects.toMatchObject({
    name: 'Problem',
    expected: `a Docker engine at ${host}, which DOCKER_HOST names`,
    observed: expect.stringContaining('ENOENT'),
  });
});

test('something that listens and is no engine is told from one', async () => {
  const server = createServer((socket) => socket.end('hello\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await expect(ensureEngine({ progress: quiet, signal, docker: named(`tcp://127.0.0.1:${port}`) })).rejects.toThrow(
    'does not answer',
  );
  server.close();
});

test('a DOCKER_HOST that is no address is refused, not a crash', async () => {
  await expect(ensureEngine({ progress: quiet, signal, docker: named('http://docker') })).rejects.toMatchObject({
    name: 'UsageError',
  });
});

test('an engine that a context names and that is not there is not replaced by another', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-docker-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const place = path.join(folder, 'contexts', 'meta', createHash('sha256').update('lab').digest('hex'));
  await mkdir(place, { recursive: true });
  const host = `unix://${folder}/podman.sock`;
  await writeFile(
    path.join(place, 'meta.json'),
    JSON.stringify({ Name: 'lab', Endpoints: { docker: { Host: host } } }),
  );
  await writeFile(path.join(folder, 'config.json'), JSON.stringify({ currentContext: 'lab' }));
  const asked = { progress: quiet, signal, docker: readDockerEnvironment({ DOCKER_CONFIG: folder }) };
  await expect(ensureEngine(asked)).rejects.toMatchObject({
    name: 'Problem',
    expected: `a Docker engine at ${host}, which Docker context lab (currentContext of ${folder}/config.json) names`,
    next: 'start it, or run `docker context use default` to have one found or started',
  });

  const podman = http.createServer((_, response) => response.end('{"Version":"5.4.0"}'));
  await new Promise<void>((resolve) => podman.listen(`${folder}/podman.sock`, resolve));
  onTestFinished(() => void podman.close());
  const notes: string[] = [];
  const progress = { ...quiet, note: (line: string) => void notes.push(line) };
  expect(await ensureEngine({ ...asked, progress })).toEqual({ host, version: '5.4.0', ours: false });
  await ensureEngine({ ...asked, progress });
  expect(notes).toEqual([
    `Docker engine 5.4.0 at ${host} (Docker context lab (currentContext of ${folder}/config.json))`,
  ]);
});
