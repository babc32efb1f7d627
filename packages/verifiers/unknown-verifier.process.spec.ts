import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

test.for([['--output', 'json'], ['--output=json']])(
  'a verifier that nobody knows ends with 2 and the document, by %j',
  async (output, { cli }) => {
    const { exitCode, stdout, stderr } = await cli.run(['deploy', ...output]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'error',
      exitCode: 2,
      problems: ['unknown verifier "deploy"'],
    });
    expect(linesOf(stderr)[0]).toBe('error: unknown verifier "deploy"');
  },
);

const canary = 'hunter2canary9f27c1';

test('a secret of the environment that is given as an argument is told by no line', async ({ cli }) => {
  for (const [variable, value] of [
    ['MEHO_ACCESS_TOKEN', canary],
    ['GITHUB_TOKEN', canary],
    ['DATABASE_URL', `postgresql://meho:${canary}@127.0.0.1:1/meho`],
    ['HTTPS_PROXY', `http://meho:${canary}@127.0.0.1:1`],
  ] as const) {
    for (const args of [
      [canary, '--output=json'],
      ['smoke', canary, '--output=json'],
      ['targets-verify', canary, '--output=json'],
      ['migration-compat', canary, '--output=json'],
      ['pr-smoke', canary, '--output=json'],
      ['login', canary],
    ]) {
      const { exitCode, stdout, stderr } = await cli.run(args, { [variable]: value });
      expect({ exitCode, shown: `${stdout}${stderr}`.includes(canary) }).toEqual({ exitCode: 2, shown: false });
    }
  }
});

test('a kubeconfig without an end, and one that is too large, are refused', async ({ cli }) => {
  const large = path.join(cli.folder, 'large');
  await writeFile(large, `# ${'x'.repeat(5 * 1024 * 1024)}\n`);
  for (const file of ['/dev/zero', large]) {
    const { exitCode, stderr } = await cli.run(['rke2-access', '--kubeconfig', file]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('at most 4 MiB') });
  }
});
