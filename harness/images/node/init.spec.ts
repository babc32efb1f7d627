import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../process/run.ts';

/** Cold, all of the Kubernetes client is compiled first; built as for the image, so that one compilation serves both. */
const deadlineMs = 15 * 60_000;

test('the entry point passes its own tests', { timeout: deadlineMs }, async (context) => {
  const go = await run('go', ['version'], { timeoutMs: 10_000 }).catch(() => undefined);
  if (go === undefined) {
    context.skip('no Go on this machine, so the node is not built here either');
  }
  const { stdout } = await run('go', ['test', '-mod=mod', '-trimpath', './...'], {
    cwd: join(import.meta.dirname, 'init'),
    env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    timeoutMs: deadlineMs,
  });
  expect(stdout).toContain('ok');
});
