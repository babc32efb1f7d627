import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { newRun } from './identity.ts';
import { removeDeadRuns, removeRun } from './remove-runs.ts';

/** Takes connections and never answers, as a dockerd does whose disk hangs. */
async function hangingEngine(): Promise<Engine> {
  const server = createServer();
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return { host: `tcp://127.0.0.1:${address.port}`, version: '0', ours: false };
}

test('an engine that hangs holds clean-up no longer than its deadline', async () => {
  const engine = await hangingEngine();
  const options = () => ({ engine, signal: AbortSignal.timeout(100) });
  await expect(removeRun(await newRun(), options())).rejects.toThrow(/timeout/);
  await expect(removeDeadRuns(options())).rejects.toThrow(/timeout/);
});
