import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { quiet } from '../report/testing/quiet.ts';
import { ensureEngine } from './ensure-engine.ts';

const signal = new AbortController().signal;

test('an engine that was named and is not there is not replaced by another', async () => {
  const host = 'unix:///nowhere/docker.sock';
  await expect(ensureEngine({ progress: quiet, signal, host })).rejects.toMatchObject({
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
  await expect(ensureEngine({ progress: quiet, signal, host: `tcp://127.0.0.1:${port}` })).rejects.toThrow(
    'does not answer',
  );
  server.close();
});

test('a DOCKER_HOST that is no address is a problem, not a crash', async () => {
  await expect(ensureEngine({ progress: quiet, signal, host: 'docker' })).rejects.toMatchObject({ name: 'Problem' });
});
