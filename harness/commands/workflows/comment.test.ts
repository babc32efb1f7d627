import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { commentMarker } from '@meho/core/report/pull-request-comment';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { step } from './query.ts';
import { readWorkflow, workflowText } from './workflow.ts';

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly type: string };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'comment-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each([
  ['ci.yml', 'Post the first screen of the run', 'run/comment.md', commentMarker],
  ['pr-smoke.yml', 'Comment on the pull request', 'pr-smoke.md', '<!-- meho-acceptance pr-smoke -->'],
])('the comment of %s', (workflow, name, file, marker) => {
  const script = String(step(readWorkflow(workflowText(workflow)), name).with?.['script']);

  /** As actions/github-script runs it. @returns what was asked of GitHub */
  async function post(earlier: readonly Comment[], text?: string) {
    if (text !== undefined) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    const calls: { readonly what: string; readonly body: string; readonly to: number }[] = [];
    const github = {
      paginate: async () => earlier,
      rest: {
        issues: {
          listComments: {},
          createComment: async ({ body, issue_number: to }: { body: string; issue_number: number }) =>
            calls.push({ what: 'created', body, to }),
          updateComment: async ({ body, comment_id: to }: { body: string; comment_id: number }) =>
            calls.push({ what: 'renewed', body, to }),
        },
      },
    };
    const context = {
      ...{ serverUrl: 'https://github.example', runId: 7, repo: { owner: 'evoila', repo: 'meho' } },
      payload: { pull_request: { number: 41 } },
    };
    const env = { RUNNER_TEMP: folder, OUTCOME: 'failure', PR: '41' };
    const started = compileFunction(`return (async () => {${script}})()`, ['require', 'github', 'context', 'process']);
    await started(createRequire(import.meta.url), github, context, { env });
    return calls;
  }

  test('has the marker first, what the run wrote, how it ended and where to look', async () => {
    const [comment, ...others] = await post([], `${marker}\n### told by the run\n`);
    expect(others).toEqual([]);
    expect(comment).toMatchObject({ what: 'created', to: 41 });
    expect(comment?.body.startsWith(`${marker}\n### told by the run\n\n`)).toBe(true);
    expect(comment?.body.split(marker)).toHaveLength(2);
    expect(comment?.body).toMatch(/\*\*failure\*\*.*https:\/\/github\.example\/evoila\/meho\/actions\/runs\/7$/);
  });

  test('replaces that of an earlier run, and nothing that a person wrote', async () => {
    const quoted = { id: 1, body: `${marker}\nquoted`, user: { type: 'User' } };
    const other = { id: 2, body: '### another bot', user: { type: 'Bot' } };
    const earlier = { id: 3, body: `${marker}\nof yesterday`, user: { type: 'Bot' } };
    expect(await post([quoted, other, earlier], `${marker}\nnew`)).toMatchObject([{ what: 'renewed', to: 3 }]);
    expect(await post([quoted, other], `${marker}\nnew`)).toMatchObject([{ what: 'created', to: 41 }]);
  });

  test('says so where the run left none', async () => {
    const [comment] = await post([]);
    expect(comment?.body).toMatch(new RegExp(`^${marker}\n### .*ended before there was anything to tell`));
  });
});
