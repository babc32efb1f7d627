import { createServer, type Socket } from 'node:net';
import { quiet } from '@meho/core/report/testing/quiet';
import { afterEach, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { testcontainersVariables } from '../engine/testcontainers.ts';
import { Registries } from './pull.ts';

const signal = new AbortController().signal;
const engine: Engine = await ensureEngine({ progress: quiet, signal });
const open = new Set<Socket>();
const servers: (() => void)[] = [];

afterEach(() => {
  for (const close of servers.splice(0)) {
    close();
  }
});

/** On 127.0.0.1, since engines speak HTTP with it there. */
async function registry(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => {
    server.close();
    for (const socket of open) {
      socket.destroy();
    }
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const options = { answerWithinMs: 700, deadlineMs: 5_000, signal };

test('a registry that is silent costs its deadline once, not for each image', async () => {
  let asked = 0;
  const host = await registry(() => {
    asked += 1;
  });
  const registries = new Registries(engine);
  const started = performance.now();
  expect(await registries.pull(`${host}/one:1`, options)).toEqual({
    outcome: 'unreachable',
    reason: 'no answer in 0.7 s',
  });
  const askedOnce = asked;
  expect((await registries.pull(`${host}/two:1`, options)).outcome).toBe('unreachable');
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(asked).toBe(askedOnce);
});

test('a registry that says no is there: another image may still be had', async () => {
  const host = await registry((socket) => {
    socket.on('data', () => {
      const body = '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}';
      socket.end(
        `HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
    });
  });
  expect((await new Registries(engine).pull(`${host}/one:1`, options)).outcome).toBe('refused');
});

test('testcontainers is told where the engine is, and whether ryuk can be had', async () => {
  const variables = await testcontainersVariables(engine, { signal });
  expect(variables.DOCKER_HOST).toBe(engine.host);
  expect(['true', 'false']).toContain(variables.TESTCONTAINERS_RYUK_DISABLED);
});
