import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'given-text-'));
});
afterAll(() => rm(folder, { recursive: true }));

const secret = 'very-secret-value';
const readers = {
  values:
    "import('./packages/verifiers/flags/chart-values.ts').then((m) => console.log(m.valuesFile(process.argv[1])))",
  objects:
    "import('./packages/lab/pr-smoke/supplied-objects.ts').then((m) => console.log(m.readSuppliedObjects(process.argv[1]) && 1))",
  services:
    "import('./harness/services/external-services.ts').then((m) => m.readExternalServices(process.argv[1])).catch((e) => console.log(e.message))",
  targets:
    "import('./packages/lab/targets/verify-targets.ts').then((m) => console.log(m.verifyTargets(process.argv[2]).length))",
};

const texts = {
  'an unknown tag': `password: !unknown ${secret}\n`,
  'an unknown directive': `%UNKNOWN ${secret}\n---\na: 1\n`,
  'an alias that leads nowhere': `a: *${secret}\n`,
  'a broken line': `a: "${secret}\n b: [\n`,
};

test.for(
  Object.entries(readers).flatMap(([reader, script]) =>
    Object.entries(texts).map(([what, text]) => ({ reader, script, what, text })),
  ),
)('$reader with $what says nothing of its text', async ({ reader, script, what, text }) => {
  const file = path.join(folder, `${reader} ${what}.yaml`);
  await writeFile(file, text);
  const { stdout, stderr } = await run(process.execPath, ['-e', script, file, text], {
    cwd: repositoryRoot,
    timeoutMs: 60_000,
    acceptExitCodes: [1],
  });
  expect(stdout + stderr).not.toContain(secret);
});
