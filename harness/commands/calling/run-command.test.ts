import { PassThrough } from 'node:stream';
import { BrokenOff, Interrupted } from '@meho/core/command-line/interrupted';
import { Problem, UsageError } from '@meho/core/problem';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { expect, test } from 'vitest';
import type { CommandContext } from '../command.ts';
import { withCleanUp } from '../ending/clean-up.ts';
import { runCommand } from './run-command.ts';

type EndingSignal = ConstructorParameters<typeof Interrupted>[0];
type Work = (context: CommandContext, interrupt: (signal: EndingSignal) => void) => Promise<0 | 1>;

async function ended(work: Work, broken = new AbortController()) {
  const interrupted = new AbortController();
  const impatient: (() => void)[] = [];
  const interrupt = (signal: EndingSignal) => {
    if (interrupted.signal.aborted) {
      for (const listener of impatient) {
        listener();
      }
    }
    interrupted.abort(new Interrupted(signal));
  };
  const lines: string[] = [];
  const timeline = new Timeline();
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  const exitCode = await runCommand({ run: (_, context) => work(context, interrupt) }, [], {
    interruptions: {
      interrupted: interrupted.signal,
      broken: broken.signal,
      onAgain: (listener) => impatient.push(listener),
    },
    say: (line) => lines.push(line),
    progress: new TerminalProgress({ stream, colour: false, timeline }),
    timeline,
    cleanUpDeadlineMs: 200,
  });
  return { exitCode, lines };
}

const broken = new Problem({ expected: 'it to hold', observed: 'it broke', next: 'mend it' });
const stuck = () => Promise.reject(new Error('network meho-1 is in use'));
const done = () => Promise.resolve();

test.each([0, 1] as const)('a command that ends with %i ends with it', async (code) => {
  expect(await ended(async () => code)).toEqual({ exitCode: code, lines: [] });
});

test('bad input is 2 and a line a problem; so is whatever else leaves no verdict', async () => {
  const usage = await ended(() => Promise.reject(new UsageError(['--a is bad', '--b is worse'])));
  expect(usage).toMatchObject({ exitCode: 2, lines: ['error: --a is bad', 'error: --b is worse'] });
  const problem = await ended(() => Promise.reject(broken));
  expect(problem).toMatchObject({
    exitCode: 2,
    lines: ['error: expected it to hold', '  seen it broke', '  next: mend it'],
  });
});

test('a problem tells its causes, each once', async () => {
  const { lines } = await ended(() => {
    const details = { expected: 'an image', observed: 'the engine did not take it', next: 'see why' };
    const middle = new Problem(
      { ...details, observed: 'it ended with 1:\nno space left' },
      { cause: new Error('ENOSPC') },
    );
    return Promise.reject(new Problem(details, { cause: middle }));
  });
  expect(lines.slice(1)).toEqual([
    '  seen the engine did not take it',
    '  because it ended with 1:\nno space left',
    '  because ENOSPC',
    '  next: see why',
  ]);
  const told = new Error('refused');
  const problem = new Problem(
    { expected: 'a', observed: 'it was not: refused; its log: x', next: 'b' },
    { cause: told },
  );
  expect((await ended(() => Promise.reject(problem))).lines).toHaveLength(3);
});

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGPIPE', 141],
  ['SIGTERM', 143],
] as const)('%s calls it off: cleaned up, exit code %i', async (signal, code) => {
  const { exitCode, lines } = await ended(async (context, interrupt) =>
    withCleanUp<0 | 1>(async () => {
      interrupt(signal);
      context.signal.throwIfAborted();
      return 0;
    }, done),
  );
  expect(exitCode).toBe(code);
  expect(lines).toEqual([
    expect.stringMatching(`${signal}\\)?: cleaning up …$`),
    'interrupted; everything that this run had created is removed',
  ]);
});

test('a signal that comes while it cleans up anyway is no success either', async () => {
  const { exitCode } = await ended(async (_, interrupt) =>
    withCleanUp<0 | 1>(
      async () => 0,
      async () => interrupt('SIGINT'),
    ),
  );
  expect(exitCode).toBe(130);
});

test('an error that nobody caught calls it off as well: cleaned up, and no verdict', async () => {
  const broken = new AbortController();
  let isCleanedUp = false;
  const { exitCode, lines } = await ended(
    (context) =>
      withCleanUp<0 | 1>(
        async () => {
          broken.abort(new BrokenOff('an error that nobody caught', { cause: new Error('stray') }));
          context.signal.throwIfAborted();
          return 0;
        },
        async () => {
          isCleanedUp = true;
        },
      ),
    broken,
  );
  expect({ exitCode, isCleanedUp }).toEqual({ exitCode: 2, isCleanedUp: true });
  expect(lines[0]).toBe('error: an error that nobody caught (stray)');
});

test('a second signal changes nothing', async () => {
  const { exitCode, lines } = await ended(async (context, interrupt) => {
    interrupt('SIGINT');
    interrupt('SIGTERM');
    context.signal.throwIfAborted();
    return 0;
  });
  expect(exitCode).toBe(130);
  expect(lines[1]).toMatch(/already cleaning up/);
});

test('what could not be cleaned up is told, and never called removed', async () => {
  const { exitCode, lines } = await ended(async (context, interrupt) =>
    withCleanUp<0 | 1>(async () => {
      interrupt('SIGINT');
      context.signal.throwIfAborted();
      return 0;
    }, stuck),
  );
  expect(exitCode).toBe(130);
  expect(lines.join('\n')).not.toContain('is removed');
  expect(lines).toContain('  seen network meho-1 is in use');
  expect(lines.at(-1)).toMatch(/next: .*npm run down/);
});

test('a command that hangs after the signal is given up on its deadline', async () => {
  const { exitCode, lines } = await ended(async (_, interrupt) => {
    interrupt('SIGINT');
    return new Promise<never>(() => undefined);
  });
  expect(exitCode).toBe(130);
  expect(lines).toContain('  seen it has not ended 0.2 s after the interruption');
});

test('a clean-up that fails after a failure hides it not', async () => {
  const { exitCode, lines } = await ended(() => withCleanUp<0 | 1>(() => Promise.reject(broken), stuck));
  expect(exitCode).toBe(2);
  expect(lines.filter((line) => line.startsWith('  seen '))).toEqual([
    '  seen it broke',
    '  seen network meho-1 is in use',
  ]);
});

test('a clean-up that fails makes a failure of what held', async () => {
  expect(await ended(() => withCleanUp<0 | 1>(async () => 0, stuck))).toMatchObject({ exitCode: 1 });
});
