import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { endDescendants } from './end-descendants.ts';
import { processTable } from './process-table.ts';

// Needs /proc.
test.skipIf(process.platform !== 'linux')('ends children of children that a polite signal does not', async () => {
  // Neither the outer shell nor its children take SIGTERM.
  const script = "trap '' TERM; sh -c \"trap '' TERM; sleep 300 & sleep 300\" & echo up; wait";
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const { pid = Number.NaN } = child;
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  const inGroup = async () => (await processTable()).filter(({ group }) => group === pid);
  await waitFor(
    'all four processes',
    async () => ((await inGroup()).length === 4 ? holds(undefined) : notYet(`${(await inGroup()).length} processes`)),
    { deadlineMs: 5_000, intervalMs: 20 },
  );
  await endDescendants(pid);
  await waitFor(
    'only the outermost shell to be left, which then ends',
    async () => {
      const left = await inGroup();
      return left.length === 0 ? holds(undefined) : notYet(left.map(({ name }) => name).join(', '));
    },
    { deadlineMs: 5_000, intervalMs: 20 },
  );
  expect(await inGroup()).toEqual([]);
});

test('what has started nothing is left as it is', async () => {
  const child = spawn('sleep', ['300'], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'spawn');
  await endDescendants(child.pid ?? Number.NaN);
  expect(child.exitCode ?? child.signalCode).toBeNull();
});
