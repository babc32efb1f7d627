import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from './engine.ts';
import { Registries } from './pull.ts';

async function engineTelling(events: readonly object[]): Promise<Engine> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(events.map((event) => `${JSON.stringify(event)}\r\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return { host: `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, version: '0', ours: false };
}

async function pull(events: readonly object[]) {
  const lines: string[] = [];
  const result = await new Registries(await engineTelling(events)).pull('registry.example.com/a:1', {
    ...{ answerWithinMs: 5_000, deadlineMs: 5_000, signal: new AbortController().signal },
    onProgress: (line) => lines.push(line),
  });
  return { result, lines };
}

const downloading = { status: 'Downloading', progress: '[==> ] 1MB/9MB' };

test('a pull that the engine ends with success is one', async () => {
  const { result, lines } = await pull([downloading, { status: 'Download complete' }]);
  expect(result).toEqual({ outcome: 'pulled' });
  expect(lines).toEqual(['Downloading [==> ] 1MB/9MB', 'Download complete']);
});

test('one that fails on the way, after the engine has said 200, is none, and says why', async () => {
  const failure = 'failed to register layer: write /x: no space left on device';
  const { result } = await pull([downloading, { errorDetail: { message: failure }, error: failure }]);
  expect(result).toEqual({ outcome: 'unreachable', reason: 'no space left on device' });
  const refusal = 'toomanyrequests: You have reached your pull rate limit';
  expect((await pull([downloading, { error: refusal }])).result.outcome).toBe('refused');
});
