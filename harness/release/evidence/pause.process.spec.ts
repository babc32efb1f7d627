import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shellWord } from '@meho/contract/audit-log/psql';
import { expect, test, vi } from 'vitest';

// Loads the client of Kubernetes in a process of its own.
vi.setConfig({ testTimeout: 120_000 });

/**
 * On a terminal of its own, whose keyboard is `typed`, once the text is there.
 *
 * @param first what its process does before
 */
async function waits(deadlineMs: number, typed: string, first = '', onEcho = async () => undefined): Promise<string> {
  const module = JSON.stringify(new URL('./pause.ts', import.meta.url).href);
  const code = `
    import { waitForEnter } from ${module};
    ${first}
    const pressed = await waitForEnter('/dev/tty', 'paused: a story failed\\n', ${deadlineMs});
    console.log(pressed ? 'went on at Enter' : 'went on by itself');`;
  const command = [process.execPath, '--input-type=module', '-e', code].map(shellWord).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  child.stdout.on('data', (text: Buffer) => {
    const [wasAsked, wasPaused] = [shown.includes('type'), shown.includes('paused:')];
    shown += text.toString();
    if (!wasAsked && shown.includes('type')) {
      child.stdin.write('early\n');
    }
    if (shown.includes('early')) {
      void onEcho();
    }
    if (!wasPaused && shown.includes('paused: a story failed')) {
      child.stdin.write(typed);
    }
  });
  const [exitCode] = await once(child, 'close');
  expect(exitCode).toBe(0);
  return shown;
}

test('Enter goes on', async () => {
  expect(await waits(60_000, '\n')).toMatch(/paused: a story failed[\s\S]*went on at Enter/);
});

test('nobody is there: it goes on at its deadline, and its process can end', async () => {
  expect(await waits(300, '')).toMatch(/paused: a story failed[\s\S]*went on by itself/);
});

test('an Enter from before is no answer', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'pause-'));
  const echoed = path.join(folder, 'echoed');
  // What the terminal echoes is in its input.
  const first = `
    import { existsSync } from 'node:fs';
    console.log('type');
    while (!existsSync(${JSON.stringify(echoed)})) { await new Promise((resolve) => setTimeout(resolve, 20)); }`;
  try {
    const shown = await waits(300, '', first, async () => {
      await writeFile(echoed, '');
      return undefined;
    });
    expect(shown).toMatch(/early[\s\S]*paused: a story failed[\s\S]*went on by itself/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
