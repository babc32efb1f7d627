import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../process/run.ts';

/** Cold, all of the Kubernetes client is compiled first. */
const deadlineMs = 10 * 60_000;

test.each([['vet'], ['test']])('go %s finds no fault in the entry point', { timeout: deadlineMs }, async (command) => {
  const { exitCode } = await run('go', [command, '-mod=mod', './...'], {
    cwd: join(import.meta.dirname, 'init'),
    env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    timeoutMs: deadlineMs,
  });
  expect(exitCode).toBe(0);
});
