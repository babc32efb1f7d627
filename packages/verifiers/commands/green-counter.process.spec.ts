import path from 'node:path';
import { run } from '@meho/core/process/run';
import { type FakeGithubOptions, fakeGithub, fakeToken } from '@meho/green-counter/github/testing/fake-github';
import { fakeRepository, greenSmokes } from '@meho/green-counter/github/testing/fake-repository';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test, vi } from 'vitest';
import schema from '../report/green-counter.schema.json' with { type: 'json' };

vi.setConfig({ testTimeout: 120_000 });

const validate = addFormats.default(new Ajv2020({ allErrors: true, strictTypes: false })).compile(schema);

async function runCounter(options: FakeGithubOptions) {
  await using server = await fakeGithub(options);
  const command = path.join(import.meta.dirname, '../main.ts');
  const args = [command, 'green-counter', '--repo=example/meho', `--api-url=${server.url}`, '--output=json'];
  const { stdout, exitCode } = await run(process.execPath, args, {
    env: { GITHUB_TOKEN: fakeToken, GITHUB_API_URL: '' },
    timeoutMs: 100_000,
    acceptExitCodes: [1, 2],
  });
  return { exitCode, document: JSON.parse(stdout) };
}

const fake = (count: number) =>
  fakeRepository([...greenSmokes(count), { pull: 300, run: count + 1, changes: { event: 'push' } }]);

test.each([
  ['passed', 0, { repository: () => fake(5) }],
  ['failed', 1, { repository: () => fake(2) }],
  ['error', 2, { repository: () => ({ ...fake(5), runs: fake(5).runs.filter(({ number }) => number !== 4) }) }],
])('--output json keeps its published shape: %s', async (outcome, expected, options) => {
  const { exitCode, document } = await runCounter(options);
  expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: expected, outcome });
  expect(validate(document) ? [] : validate.errors).toEqual([]);
  expect(validate({ ...document, exitCode: (expected + 1) % 3 })).toBe(false);
  if (outcome !== 'error') {
    // Shields would refuse it.
    expect(validate({ ...document, badge: { ...document.badge, evidence: 'x' } })).toBe(false);
    expect(validate({ ...document, evidence: { ...document.evidence, runs: [{ id: 1 }] } })).toBe(false);
  }
});
