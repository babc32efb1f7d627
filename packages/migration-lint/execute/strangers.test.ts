import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readExecutionEnvironment } from '@meho/core/config/execution';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outermost } from './isolation.ts';
import { refuseStrangers } from './strangers.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'strangers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function refusalIn(name: string | undefined, event: object | string): Promise<unknown> {
  const file = path.join(folder, 'event.json');
  await writeFile(file, typeof event === 'string' ? event : JSON.stringify(event));
  const variables = { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: file, GITHUB_REPOSITORY: 'example/meho' };
  try {
    refuseStrangers(readExecutionEnvironment(variables));
    return undefined;
  } catch (error) {
    return String(error);
  }
}
const from = (full_name: string) => ({ pull_request: { head: { repo: { full_name } } } });

test.each([
  ['no workflow at all', undefined, {}],
  ['a push', 'push', {}],
  ['a pull request of the repository itself', 'pull_request', from('example/meho')],
  [
    'a run that commits of the repository started',
    'workflow_run',
    { workflow_run: { head_repository: { full_name: 'example/meho' } } },
  ],
])('may run: %s', async (_, name, event) => {
  expect(await refusalIn(name, event)).toBeUndefined();
});

test.each([
  ['pull_request_target, even of the repository itself', 'pull_request_target', from('example/meho')],
  ["a fork's pull request", 'pull_request', from('someone/meho')],
  ['a fork that is gone', 'pull_request', { pull_request: { head: { repo: null } } }],
  ['a review of a fork', 'pull_request_review', from('someone/meho')],
  ['a run that a fork started', 'workflow_run', { workflow_run: { head_repository: { full_name: 'someone/meho' } } }],
  ['an event that cannot be read', 'pull_request', 'no JSON'],
])('may not run: %s', async (_, name, event) => {
  expect(await refusalIn(name, event)).toMatch(/--execute: expected .*; use --static, which runs nothing$/);
});

test('a folder below another is shown with it', () => {
  expect(outermost(['/usr/lib', '/usr', '/usrlocal', '/a/../b'])).toEqual(['/b', '/usr', '/usrlocal']);
});
