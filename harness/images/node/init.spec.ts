import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goCommand } from '../../process/go-command.ts';
import { run } from '../../process/run.ts';

/** Cold, all of the Kubernetes client is compiled first; built as for the image, so that one compilation serves both. */
const deadlineMs = 15 * 60_000;

test('the entry point passes its own tests', { timeout: deadlineMs }, async (context) => {
  const folder = join(import.meta.dirname, 'init');
  const { signal } = new AbortController();
  const go = await goCommand({ purpose: 'to test the node', folder, atLeast: '1.26', signal }).catch(() => undefined);
  if (go === undefined) {
    context.skip('no Go on this machine, so the node is not built here either');
    return;
  }
  const { stdout } = await run(go, ['test', '-mod=mod', '-trimpath', './...'], {
    cwd: folder,
    env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    timeoutMs: deadlineMs,
  });
  expect(stdout).toContain('ok');
});
