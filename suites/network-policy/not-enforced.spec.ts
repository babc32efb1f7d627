import { expect, needs, refusesToJudge, test } from '../../harness/test.ts';

needs('a cluster of ours', 'images on its nodes');

test('a cluster that ignores NetworkPolicy is told within 10 s, and no cell is reported', {
  timeout: 240_000,
}, async ({ environment, timeline }) => {
  const { results, tookMs } = await refusesToJudge(environment, timeline, new AbortController().signal);
  expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual([
    ['policy-enforced', 'violated'],
    ['policy-matrix', 'skipped'],
    ['policy-denials', 'skipped'],
    ['policy-untouched', 'skipped'],
  ]);
  expect(results[0]?.verdict).toMatchObject({
    observed: expect.stringMatching(/^this cluster does not enforce NetworkPolicy: /),
  });
  expect(tookMs).toBeLessThan(10_000);
});
