import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { CommandError, run } from './run.ts';

const node = (script: string) => ['-e', script];

test('gives both streams and the time it took', async () => {
  const result = await run(process.execPath, node('console.log("out"); console.error("err")'), { timeoutMs: 5000 });
  expect(result).toMatchObject({ exitCode: 0, stdout: 'out', stderr: 'err' });
  expect(result.durationMs).toBeGreaterThan(0);
});

test('an exit code nobody expected is an error with the end of stderr', async () => {
  const failing = run(process.execPath, node('console.error("the cause"); process.exit(3)'), { timeoutMs: 5000 });
  await expect(failing).rejects.toThrow(CommandError);
  await expect(failing).rejects.toMatchObject({ exitCode: 3, observed: expect.stringContaining('the cause') });
});

test('an accepted exit code is an answer', async () => {
  const result = await run(process.execPath, node('process.exit(3)'), { timeoutMs: 5000, acceptExitCodes: [3] });
  expect(result.exitCode).toBe(3);
});

test('a program that is not there says so', async () => {
  await expect(run('/no/such/program', [], { timeoutMs: 5000 })).rejects.toThrow(/could not be started/);
});

test('its deadline ends it', async () => {
  const hanging = run(process.execPath, node('setInterval(() => {}, 1000)'), { timeoutMs: 300 });
  await expect(hanging).rejects.toThrow(/ran over its 0.3 s/);
});

test('an abort ends it with the reason of the abort', async () => {
  const controller = new AbortController();
  const hanging = run(process.execPath, node('setInterval(() => {}, 1000)'), {
    timeoutMs: 60_000,
    signal: controller.signal,
  });
  controller.abort(new Error('interrupted'));
  await expect(hanging).rejects.toThrow('interrupted');
});

test('lines are handed on as they come', async () => {
  const lines: string[] = [];
  await run(process.execPath, node('console.log("one"); console.error("two")'), {
    timeoutMs: 5000,
    onLine: (line) => lines.push(line),
  });
  expect(lines.toSorted()).toEqual(['one', 'two']);
});

test('what a program prints that gives out secrets is in its result and in no error', async () => {
  const secretive = { timeoutMs: 60_000, printsSecret: true, env: { WORD: 'the-token' } };
  expect((await run('sh', ['-c', 'echo $WORD'], secretive)).stdout).toBe('the-token');
  const ends = ['echo $WORD; exit 3', 'echo $WORD; kill -9 $$', 'echo $WORD; exec sleep 60'].map((script) =>
    run('sh', ['-c', script], { ...secretive, timeoutMs: 1_000 }),
  );
  for (const end of await Promise.allSettled(ends)) {
    expect(end).toMatchObject({ status: 'rejected', reason: expect.any(CommandError) });
    expect(inspect(end, { depth: null })).not.toContain('the-token');
  }
});

test('one that may ask a person has our standard input, standard error and process group', async () => {
  const script = `
    import { run } from ${JSON.stringify(new URL('./run.ts', import.meta.url).href)};
    const ask = 'printf "Code: " >&2; read answer; ps -o pgid= -p $$; echo "$answer"';
    const { stdout, stderr } = await run('sh', ['-c', ask], { timeoutMs: 30_000, interactive: true });
    console.log(JSON.stringify({ lines: stdout.trim().split(/\\s+/), stderr }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  child.stdin.end('42\n');
  expect(JSON.parse(await stdout)).toEqual({ lines: [String(child.pid), '42'], stderr: '' });
  expect(await stderr).toBe('Code: ');
});
