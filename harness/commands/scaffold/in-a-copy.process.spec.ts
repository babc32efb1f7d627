import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import { kindNames } from './scaffold.ts';

const deadlineMs = 300_000;
const name = 'never-heard-of';

/** Tests that go red where something is forgotten. */
const held = [
  ...['packages/contract/checks', 'packages/contract/pages.test.ts', 'packages/contract/registry.test.ts'],
  ...['packages/migration-lint/rules', `images/recipes/${name}`],
  ...['harness/faults/suites.test.ts', 'harness/faults/install', 'harness/testing/boundaries', 'harness/testing/pages'],
];

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Its packages are the copy's own, its libraries this checkout's. */
function copyRepository(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'in-a-copy-'));
  for (const entry of readdirSync(repositoryRoot)) {
    if (!['node_modules', '.git', 'artefacts'].includes(entry)) {
      cpSync(path.join(repositoryRoot, entry), path.join(root, entry), { recursive: true });
    }
  }
  const [from, to] = [path.join(repositoryRoot, 'node_modules'), path.join(root, 'node_modules')];
  mkdirSync(path.join(to, '@meho'), { recursive: true });
  for (const entry of readdirSync(from).filter((each) => each !== '@meho')) {
    symlinkSync(path.join(from, entry), path.join(to, entry));
  }
  for (const entry of readdirSync(path.join(from, '@meho'))) {
    symlinkSync(readlinkSync(path.join(from, '@meho', entry)), path.join(to, '@meho', entry));
  }
  return root;
}

test('what is written for one of each kind compiles, is formatted, and turns exactly its own test red', {
  timeout: deadlineMs,
}, async () => {
  const root = copyRepository();
  try {
    const node = (args: readonly string[], acceptExitCodes: readonly number[] = []) =>
      run(process.execPath, args, { cwd: root, timeoutMs: deadlineMs, acceptExitCodes });
    const written: string[] = [];
    for (const kind of kindNames) {
      const { stdout } = await node(['harness/commands/main.ts', 'new', kind, name]);
      written.push(...stdout.split('\n').flatMap((line) => /^(?:new|changed) +(\S+)$/.exec(line)?.[1] ?? []));
    }
    const sources = [...new Set(written)].filter((file) => file.endsWith('.ts'));
    await node(['node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...sources]);
    await node(['node_modules/typescript/bin/tsc']);
    const file = path.join(root, 'result.json');
    const reporting = ['--reporter', 'json', '--outputFile', file];
    await node(['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...reporting, ...held], [1]);
    const report: Report = JSON.parse(readFileSync(file, 'utf8'));
    const red = report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => fullName);
    expect(red.toSorted()).toEqual([
      ...kindNames.map(() => `${name} is written out`),
      `${name} red: COMMENT ON TABLE audit_log IS 'FILL IN: a statement that ${name} must find'`,
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
