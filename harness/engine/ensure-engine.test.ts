import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import type { Progress } from '../report/progress.ts';
import { ensureEngine } from './ensure-engine.ts';

const silent: Progress = {
  step: (_, work) => work({ update: () => undefined }),
  note: () => undefined,
  warn: () => undefined,
};
const signal = new AbortController().signal;

test('an engine that was named and is not there is not replaced by another', async () => {
  const host = 'unix:///nowhere/docker.sock';
  await expect(ensureEngine({ progress: silent, signal, host })).rejects.toMatchObject({
    name: 'Problem',
    expected: `a Docker engine at DOCKER_HOST=${host}`,
    observed: expect.stringContaining('ENOENT'),
  });
});

test('something that listens and is no engine is told from one', async () => {
  const server = createServer((socket) => socket.end('hello\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await expect(ensureEngine({ progress: silent, signal, host: `tcp://127.0.0.1:${port}` })).rejects.toThrow(
    'does not answer',
  );
  server.close();
});

test('a DOCKER_HOST that is no address is a problem, not a crash', async () => {
  await expect(ensureEngine({ progress: silent, signal, host: 'docker' })).rejects.toMatchObject({ name: 'Problem' });
});
