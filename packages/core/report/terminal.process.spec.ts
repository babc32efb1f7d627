import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { inheritedEnvironment } from '../config.ts';
import { Screen } from './live/testing/screen.ts';

const module = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

/** Two stories under way, of which one fails: it goes on until `end` is typed, or a signal comes. */
const program = `
  import { wantsColour } from ${module('../config/terminal.ts')};
  import { statusLines } from ${module('./live/test-status.ts')};
  import { err, out } from ${module('./output.ts')};
  import { TerminalProgress } from ${module('./terminal.ts')};
  import { Timeline } from ${module('./timeline.ts')};
  const colour = wantsColour(process.stderr);
  const progress = new TerminalProgress({ stream: process.stderr, colour, timeline: new Timeline() });
  const over = Promise.withResolvers();
  process.on('SIGINT', () => { err('SIGINT: cleaning up\\n'); over.reject(new Error('interrupted')); });
  process.stdin.on('data', (text) => {
    if (String(text).includes('leave')) process.exit(3);
    if (String(text).includes('end')) over.resolve();
  });
  const story = (name) => ({ file: 'suites/smoke/a.spec.ts', name, startedMs: Date.now() - 3000 });
  const status = { passed: 4, failed: 1, skipped: 0, left: 2, filesLeft: 3, underWay: [story('one'), story('two '.repeat(60))] };
  try {
    await progress.step('suites', async () => {
      using below = progress.showBelow((space) => statusLines(status, space, Date.now()));
      err('[FAIL] suites › smoke/a.spec.ts › the third (1.00 s)\\n    expected 1\\n    seen 2\\n');
      await over.promise;
    });
    out('verdict: FAIL\\n');
  } catch (error) { err(String(error) + '\\n'); process.exitCode = 130; }
  process.stdin.destroy();`;

interface Shown {
  readonly text: string;
  readonly exitCode: number | null;
}

const node = [process.execPath, '--input-type=module', '-e', program] as const;

/** The clock has moved: lines were drawn over their own kind. */
const hasMoved = (text: string) => (text.match(/suites \(\d/g)?.length ?? 0) > 4;
const hasFailed = (text: string) => text.includes('seen 2');

/** On a pseudo-terminal of its own. @param typed once what it `waitsFor` is seen */
async function onTerminal(
  columns: number,
  typed: string,
  env: Record<string, string> = {},
  waitsFor: (text: string) => boolean = hasMoved,
): Promise<Shown> {
  const words = node.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const command = `stty cols ${columns} rows 24 -echo; exec ${words}`;
  const { CI: _, NO_COLOR: __, ...inherited } = inheritedEnvironment();
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...inherited, TERM: 'xterm', ...env },
  });
  let text = '';
  let isTyped = false;
  child.stdout.on('data', (more: Buffer) => {
    text += more.toString();
    if (!isTyped && waitsFor(text)) {
      isTyped = true;
      child.stdin.write(typed);
    }
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { text, exitCode };
}

/** Where nothing moves. */
const inBuild = (env: Record<string, string>) => onTerminal(80, 'end\n', { NO_COLOR: '1', ...env }, hasFailed);

async function withoutTerminal(): Promise<Shown> {
  const child = spawn(node[0], node.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  child.stderr.on('data', (more: Buffer) => {
    text += more.toString();
    if (hasFailed(text)) {
      child.stdin.write('end\n');
    }
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { text, exitCode };
}

function screenOf({ text }: Shown): Screen {
  const screen = new Screen();
  screen.write(text);
  return screen;
}

const failure = ['[FAIL] suites › smoke/a.spec.ts › the third (1.00 s)', '    expected 1', '    seen 2'];

test.each([36, 80, 200])(
  'on %d columns what is under way stays in place, and only what happened stays',
  async (columns) => {
    const shown = await onTerminal(columns, 'end\n');
    expect(shown.exitCode).toBe(0);
    // Each picture is drawn at once: the last whole one is what somebody saw.
    const pictures = shown.text.split('\u001B[?2026l');
    const seen = screenOf({ ...shown, text: pictures.slice(0, 5).join('') });
    expect(seen.lines.slice(-4)).toEqual([
      expect.stringMatching(/ suites \(\d\.\d\d s\)$/),
      expect.stringMatching(/^ {2}4 passed, 1 failed, 2 left/),
      expect.stringMatching(/^ {2}▸ smoke\/a › one \(3\.\d\d s\)$/),
      expect.stringMatching(/^ {2}▸ smoke\/a › two two?.*… \(3\.\d\d s\)$/),
    ]);
    expect(Math.max(...seen.lines.slice(-4).map((line) => line.length))).toBeLessThan(columns);
    const after = screenOf(shown).lines;
    expect(after.slice(0, 3)).toEqual(failure);
    expect(after.slice(3)).toEqual([expect.stringMatching(/^suites: done in/), 'verdict: FAIL']);
  },
);

test('NO_COLOR: in place, without a colour', async () => {
  expect([...screenOf(await onTerminal(80, 'end\n')).colours]).toContain('36');
  expect([...screenOf(await onTerminal(80, 'end\n', { NO_COLOR: '1' })).colours]).toEqual([]);
});

test.each([
  [
    'Ctrl-C',
    '\u0003',
    130,
    [...failure, 'SIGINT: cleaning up', expect.stringMatching(/^suites: failed in/), 'Error: interrupted'],
  ],
  ['an exit in the middle', 'leave\n', 3, failure],
])('after %s nothing of it is left, and the cursor was never hidden', async (_, typed, code, lines) => {
  const shown = await onTerminal(80, typed);
  expect(shown.exitCode).toBe(code);
  expect(shown.text).not.toContain('\u001B[?25l');
  expect(screenOf(shown).lines).toEqual(lines);
});

test.each([
  ['without a terminal', withoutTerminal],
  ['where a build has a terminal', () => inBuild({ CI: 'true' })],
  ['on a terminal that can do nothing', () => inBuild({ TERM: 'dumb' })],
])('%s there are plain lines, each once', async (_, start) => {
  const { text, exitCode } = await start();
  expect(exitCode).toBe(0);
  const lines = text
    .replaceAll('\r', '')
    .split('\n')
    .filter((line) => line !== 'verdict: FAIL');
  expect(lines).toEqual(['suites …', ...failure, expect.stringMatching(/^suites: done in \d\.\d\d s$/), '']);
});
