import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';

const from = (...place: readonly string[]) => path.join(repositoryRoot, ...place, 'main.ts');

test.each([
  ['--help', 0],
  ['no-such-verifier', 2],
] as const)('the verifiers are still at their old place: %s', async (argument, exitCode) => {
  const [old, now] = await Promise.all(
    [from('harness', 'verifiers'), from('packages', 'verifiers')].map((file) =>
      run(process.execPath, [file, argument], { timeoutMs: 30_000, acceptExitCodes: [exitCode] }),
    ),
  );
  expect({ exitCode: old?.exitCode, out: old?.stdout, err: old?.stderr }).toEqual({
    exitCode: now?.exitCode,
    out: now?.stdout,
    err: now?.stderr,
  });
  expect(now?.exitCode).toBe(exitCode);
});
