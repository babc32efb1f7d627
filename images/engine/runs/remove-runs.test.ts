import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { newRun, type RunIdentity } from '@meho/core/runs/identity';
import { expect, onTestFinished, test } from 'vitest';
import { dockerOf } from '../client.ts';
import type { Engine } from '../engine.ts';
import { belongings, removeAll } from './belongings.ts';
import { removeDeadRuns, removeRun } from './remove-runs.ts';

/** Accepts and never answers, like a dockerd whose disk hangs. */
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

interface LateEngine extends Engine {
  /** In order, with the answers' status. */
  readonly removals: readonly string[];
}

/**
 * An engine still creating a container: its volume and network are in use, and no list shows it until this many
 * refusals.
 */
async function lateEngine(run: RunIdentity, refusalsBefore: number): Promise<LateEngine> {
  const removals: string[] = [];
  const there = new Set(['network', 'volume']);
  let container: 'being created' | 'there' | 'gone' = 'being created';
  let refusals = 0;
  const Labels = run.labels;
  const listed = (kind: string, what: object) => (there.has(kind) ? [what] : []);
  const server = createHttpServer(({ method, url = '' }, response) => {
    const answer = (status: number, body: unknown) => {
      if (method === 'DELETE') {
        removals.push(`${url.split('/')[1]} ${status}`);
      }
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(status === 204 ? '' : JSON.stringify(body));
    };
    const kind = url.startsWith('/networks/') ? 'network' : 'volume';
    if (url.startsWith('/containers/json')) {
      answer(200, container === 'there' ? [{ Id: 'c1', Names: ['/late'], Labels }] : []);
    } else if (url.startsWith('/networks?')) {
      answer(200, listed('network', { Id: 'n1', Name: 'net', Labels }));
    } else if (url.startsWith('/images/json')) {
      answer(200, []);
    } else if (url.startsWith('/volumes?')) {
      answer(200, { Volumes: listed('volume', { Name: 'vol', Labels }) });
    } else if (method === 'DELETE' && url.startsWith('/containers/')) {
      container = 'gone';
      answer(204, undefined);
    } else if (method === 'GET') {
      answer(there.has(kind) ? 200 : 404, { Containers: {} });
    } else if (container !== 'gone') {
      refusals += 1;
      container = refusals >= refusalsBefore ? 'there' : 'being created';
      answer(409, { message: 'in use - [c1]' });
    } else {
      there.delete(kind);
      answer(204, undefined);
    }
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return { host: `tcp://127.0.0.1:${address.port}`, version: '0', ours: false, removals };
}

test('a container that the engine finishes late is found by listing anew while its volume is refused', async () => {
  const run = await newRun();
  const engine = await lateEngine(run, 5);
  const removed = await removeRun(run, { engine, signal: AbortSignal.timeout(20_000) });
  expect(removed.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
    'container late',
    'network net',
    'volume vol',
  ]);
  expect(engine.removals.filter((each) => each.endsWith('409')).length).toBeGreaterThanOrEqual(5);
  expect(engine.removals.slice(-3)).toEqual(['containers 204', 'networks 204', 'volumes 204']);
  expect(await belongings(dockerOf(engine))).toEqual([]);
});

test('what is never let go of is named with the reason when the deadline has passed', async () => {
  const run = await newRun();
  const engine = await lateEngine(run, Number.POSITIVE_INFINITY);
  const removal = removeAll(dockerOf(engine), () => belongings(dockerOf(engine)), {
    signal: AbortSignal.timeout(20_000),
    deadlineMs: 300,
  });
  await expect(removal).rejects.toThrow(
    new RegExp(
      `network net of run ${run.id}, volume vol of run ${run.id} to be removed \\(deadline\\).*volume vol: .*in use`,
    ),
  );
});
