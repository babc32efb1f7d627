import { join } from 'node:path';
import { goCommand } from '@meho/core/process/go-command';
import { run } from '@meho/core/process/run';
import { expect, test } from 'vitest';
import { oldestGo } from '../../builder/go-program.ts';

/** A cold build compiles the whole Kubernetes client, as for the image, which shares it. */
const deadlineMs = 15 * 60_000;

test('the entry point passes its own tests', { timeout: deadlineMs }, async (context) => {
  const folder = join(import.meta.dirname, 'init');
  const { signal } = new AbortController();
  const go = await goCommand({ purpose: 'to test the node', folder, atLeast: oldestGo, signal }).catch(() => undefined);
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
