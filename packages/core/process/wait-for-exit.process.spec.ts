import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CommandError, type RunOptions, run } from './run.ts';
import { Sleeper } from './testing/sleepers.ts';

// Needs /proc to find what left its parent.
const onLinux = test.skipIf(process.platform !== 'linux');

/** Runs `sh -c script`; gives its end and milliseconds. */
async function ended(script: string, options: RunOptions): Promise<{ readonly end: unknown; readonly ms: number }> {
  const started = performance.now();
  const end: unknown = await run('sh', ['-c', script], options).catch((error: unknown) => error);
  return { end, ms: performance.now() - started };
}

/** The shell's child holds the pipe. */
onLinux('a deadline ends what the child has started, which holds its streams', async () => {
  const sleeper = new Sleeper();
  const { end, ms } = await ended(`${sleeper.command}; echo never`, { timeoutMs: 300 });
  expect(end).toMatchObject({ timedOut: true, observed: expect.stringContaining('ran over its 0.3 s') });
  expect(ms).toBeLessThan(5_000);
  expect(await sleeper.pids()).toEqual([]);
});

onLinux('an abort ends them as well, with the reason of the abort', async () => {
  const sleeper = new Sleeper();
  const controller = new AbortController();
  const running = ended(`${sleeper.command}; echo never`, { timeoutMs: 60_000, signal: controller.signal });
  await sleeper.untilThere();
  controller.abort(new Error('interrupted'));
  const { end, ms } = await running;
  expect(end).toEqual(new Error('interrupted'));
  expect(ms).toBeLessThan(30_000);
  expect(await sleeper.pids()).toEqual([]);
});

onLinux('those that take no SIGTERM are killed after 5 s', { timeout: 20_000 }, async () => {
  const sleeper = new Sleeper();
  const deaf = `trap '' TERM; sh -c "trap '' TERM; ${sleeper.command} & ${sleeper.command}"; echo never`;
  const { end, ms } = await ended(deaf, { timeoutMs: 300 });
  expect(end).toMatchObject({ timedOut: true });
  expect(ms).toBeGreaterThan(5_000);
  expect(ms).toBeLessThan(15_000);
  await sleeper.untilGone();
});

onLinux(
  'a wrapper’s child hears of it and ends in good order, as helm does that writes down what it broke off',
  async () => {
    const said = path.join(tmpdir(), `meho-said-${process.pid}-${Math.random()}`);
    onTestFinished(() => rm(said, { force: true }));
    const sleeper = new Sleeper();
    // A shell runs its trap only after its child ends.
    const inner = `trap 'echo orderly > ${said}; exit 0' TERM; ${sleeper.command} & wait`;
    const { end } = await ended(`sh -c "${inner}"; echo never`, { timeoutMs: 500 });
    expect(end).toMatchObject({ timedOut: true });
    expect(await readFile(said, 'utf8')).toBe('orderly\n');
    await sleeper.untilGone();
  },
);

onLinux('what has left its session and its parent is found by its mark', async () => {
  const sleeper = new Sleeper();
  const { ms } = await ended(`setsid sh -c '${sleeper.command} & ' & ${sleeper.command}`, { timeoutMs: 500 });
  expect(ms).toBeLessThan(20_000);
  expect(await sleeper.pids()).toEqual([]);
});

onLinux('an exit is an end, though something holds the streams: that is ended', async () => {
  const sleeper = new Sleeper();
  const { end, ms } = await ended(`${sleeper.command} & echo token`, { timeoutMs: 60_000 });
  expect(end).toMatchObject({ exitCode: 0, stdout: 'token' });
  expect(ms).toBeLessThan(20_000);
  expect(await sleeper.pids()).toEqual([]);
});

onLinux('one that can’t be known any more and holds the streams holds up nobody', async () => {
  const sleeper = new Sleeper();
  // No environment, parent or session.
  const { end, ms } = await ended(`setsid env -i ${sleeper.command} & sleep 0.2; echo token`, { timeoutMs: 60_000 });
  expect(end).toMatchObject({ exitCode: 0, stdout: 'token' });
  expect(ms).toBeLessThan(20_000);
  expect(await sleeper.pids()).toHaveLength(1);
});

onLinux('a daemon that has let go of the streams stays after a good end, as git’s maintenance does', async () => {
  const sleeper = new Sleeper();
  const { end, ms } = await ended(`setsid ${sleeper.command} </dev/null >/dev/null 2>&1 & echo done`, {
    timeoutMs: 60_000,
  });
  expect(end).toMatchObject({ exitCode: 0, stdout: 'done' });
  expect(ms).toBeLessThan(20_000);
  await sleeper.untilThere();
});

onLinux('neighbours are left alone: what a run started is ended, what another started is not', async () => {
  const [mine, other] = [new Sleeper(), new Sleeper()];
  const controller = new AbortController();
  const beside = ended(`${other.command}; true`, { timeoutMs: 60_000, signal: controller.signal });
  await other.untilThere();
  await ended(`${mine.command}; true`, { timeoutMs: 200 });
  expect([await mine.pids(), await other.pids()]).toEqual([[], [expect.any(Number)]]);
  controller.abort(new Error('enough'));
  await beside;
});

test('one that prints for ever is ended at the bound', async () => {
  const { end, ms } = await ended('yes', { timeoutMs: 60_000, maxOutput: 100_000 });
  expect(end).toBeInstanceOf(CommandError);
  expect(end).toMatchObject({ observed: expect.stringContaining('it printed more than 100000 characters') });
  expect(ms).toBeLessThan(20_000);
});

onLinux('one that prints for ever and can’t be told to stop is ended all the same', { timeout: 20_000 }, async () => {
  const sleeper = new Sleeper();
  const deaf = `trap '' TERM PIPE; (trap '' TERM; ${sleeper.command}) & while :; do echo y; done`;
  const { end, ms } = await ended(deaf, { timeoutMs: 60_000, maxOutput: 1_000 });
  expect(end).toMatchObject({ observed: expect.stringContaining('it printed more than 1000 characters') });
  expect(ms).toBeLessThan(15_000);
  await sleeper.untilGone();
});

test('a long answer is whole, also where this process was busy when it came', async () => {
  const running = run(process.execPath, ['-e', 'process.stdout.write("x".repeat(3_000_000))'], { timeoutMs: 60_000 });
  const busyUntil = performance.now() + 1_500;
  while (performance.now() < busyUntil) {
    // Blocks the event loop.
  }
  expect((await running).stdout).toHaveLength(3_000_000);
});
