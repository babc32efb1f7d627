import { appendFile, cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, test } from '../testing/published-cli.ts';
import { differences, distFolder } from './fresh-dist.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

test('the same source makes the same bytes from wherever it is started', async ({ cli }) => {
  const made = path.dirname(cli.program);
  const again = path.join(cli.folder, 'again');
  const bundle = path.join(import.meta.dirname, 'bundle.ts');
  const program = `const { bundleVerifiers } = await import(${JSON.stringify(bundle)}); await bundleVerifiers(${JSON.stringify(again)})`;
  await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: cli.folder,
    timeoutMs: cliDeadlineMs,
  });
  expect(await differences(made, again)).toEqual([]);

  await appendFile(path.join(again, 'meho-acceptance.js'), '\n');
  await rm(path.join(again, 'LICENCES.txt'));
  await cp(path.join(again, 'libpg-query.wasm'), path.join(again, 'left-over.wasm'));
  expect(await differences(made, again)).toEqual(['LICENCES.txt', 'left-over.wasm', 'meho-acceptance.js']);
});

test('dist/, which action.yml runs, is what this source makes', async ({ cli }) => {
  const stale = await differences(path.dirname(cli.program), distFolder);
  expect(stale, 'run `npm run bundle` and commit dist/').toEqual([]);
});

test('nothing of this machine is in it', async ({ cli }) => {
  const { exitCode, stdout } = await run('grep', ['-rlaF', repositoryRoot, path.dirname(cli.program)], {
    timeoutMs: cliDeadlineMs,
    acceptExitCodes: [1],
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});
