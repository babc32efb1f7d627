import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { ping } from './client.ts';

test('an engine that takes the call and says nothing is none, after the deadline and not later', async () => {
  const server = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  expect(await ping({ host }, 200)).toEqual({ answers: false, reason: 'no answer in 0.2 s' });
  // Only an abandoned connection lets the server close.
  await new Promise((resolve) => server.close(resolve));
});
