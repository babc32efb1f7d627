import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test, vi } from 'vitest';
import { type FakeGithubOptions, fakeGithub, fakeToken } from '../github/testing/fake-github.ts';
import { greenSmokes, madeWorld } from '../github/testing/world.ts';
import { run } from '../process/run.ts';
import schema from './green-counter.schema.json' with { type: 'json' };

// Each test starts the real command.
vi.setConfig({ testTimeout: 120_000 });

const validate = addFormats.default(new Ajv2020({ allErrors: true, strictTypes: false })).compile(schema);

async function counted(options: FakeGithubOptions) {
  await using server = await fakeGithub(options);
  const command = path.join(import.meta.dirname, 'main.ts');
  const args = [command, 'green-counter', '--repo=example/meho', `--api-url=${server.url}`, '--output=json'];
  const { stdout, exitCode } = await run(process.execPath, args, {
    env: { GITHUB_TOKEN: fakeToken, GITHUB_API_URL: '' },
    timeoutMs: 100_000,
    acceptExitCodes: [1, 2],
  });
  return { exitCode, document: JSON.parse(stdout) };
}

const world = (count: number) =>
  madeWorld([...greenSmokes(count), { pull: 300, run: count + 1, changes: { event: 'push' } }]);

test.each([
  ['passed', 0, { world: () => world(5) }],
  ['failed', 1, { world: () => world(2) }],
  ['error', 2, { world: () => ({ ...world(5), runs: world(5).runs.filter(({ number }) => number !== 4) }) }],
])('--output json keeps its published shape: %s', async (outcome, expected, options) => {
  const { exitCode, document } = await counted(options);
  expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: expected, outcome });
  expect(validate(document) ? [] : validate.errors).toEqual([]);
  expect(validate({ ...document, exitCode: (expected + 1) % 3 })).toBe(false);
  if (outcome !== 'error') {
    // Shields would refuse it.
    expect(validate({ ...document, badge: { ...document.badge, evidence: 'x' } })).toBe(false);
    expect(validate({ ...document, evidence: { ...document.evidence, runs: [{ id: 1 }] } })).toBe(false);
  }
});
