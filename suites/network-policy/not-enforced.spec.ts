import { checkIds, checkWithoutPolicyEngine, expect, needs, test } from '@meho/harness/test';

needs('a managed cluster', 'images on its nodes');

test('a cluster that ignores NetworkPolicy is told within 10 s, and no cell is reported', {
  timeout: 240_000,
}, async ({ environment, timeline }) => {
  const { results, tookMs } = await checkWithoutPolicyEngine(environment, timeline, new AbortController().signal);
  expect(results.map(({ check, verdict }) => [check.id, verdict.outcome])).toEqual(
    checkIds('network-policy').map((id) => [id, id === 'policy-enforced' ? 'violated' : 'skipped']),
  );
  const [verdict] = results.map((result) => result.verdict);
  const observed = verdict?.outcome === 'violated' ? verdict.observed : '';
  const told = /^this cluster does not enforce NetworkPolicy: .* still reached ([\d.]+) s after/.exec(observed);
  expect(Number(told?.[1]), observed).toBeLessThan(10);
  process.stderr.write(`not enforced: told after ${(tookMs / 1000).toFixed(1)} s, the start of two pods included\n`);
});
