import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { Registries } from '../registry/pull.ts';
import type { Engine } from './engine.ts';

async function engineTelling(...answers: readonly (readonly object[])[]): Promise<Engine> {
  let asked = 0;
  const server = createServer((_, response) => {
    const events = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
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

async function pull(...answers: readonly (readonly object[])[]) {
  const lines: string[] = [];
  const result = await new Registries(await engineTelling(...answers)).pull('registry.example.com/a:1', {
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
  const refusal = 'denied: requested access to the resource is denied';
  expect((await pull([downloading, { error: refusal }])).result.outcome).toBe('refused');
});

test.each(['toomanyrequests: rate exceeded', 'unexpected EOF'])(
  'one that ends with "%s" is asked for again',
  async (error) => {
    const { result, lines } = await pull([downloading, { error }], [{ status: 'Download complete' }]);
    expect(result).toEqual({ outcome: 'pulled' });
    expect(lines).toContain('the registry is asked again in 1 s (attempt 2 of 4)');
  },
);
