import { type CheckInputs, isFailure } from '@meho/contract/check';
import { networkPolicyChecks } from '@meho/contract/network-policy';
import type { Matrix } from '@meho/network-policy/matrix';
import { inRange } from '@meho/network-policy/semantics/cidr';
import { describe, expect, test } from 'vitest';
import { egressRewrites, smallestAround } from './egress-rewrites.ts';
import { faults } from './faults.ts';
import { ingressRewrites } from './ingress-rewrites.ts';
import type { Part, Spec } from './policies.ts';
import { patched, scene, simulated, specs } from './testing/simulated.ts';

test.each([
  ['172.18.0.4', '172.18.0.7', '172.18.0.4/30'],
  ['10.213.139.4', '10.213.139.8', '10.213.139.0/28'],
  ['10.0.0.1', '192.168.0.1', '0.0.0.0/0'],
  ['10.0.0.127', '10.0.0.128', '10.0.0.0/24'],
])('%s and %s are in %s and in nothing narrower', (a, b, cidr) => {
  expect(smallestAround(a, b)).toBe(cidr);
  expect(inRange(cidr, a) && inRange(cidr, b)).toBe(true);
});

async function judge(matrix: Matrix) {
  const checks = networkPolicyChecks({
    enforced: () => Promise.reject(new Error('not asked')),
    matrix: () => Promise.resolve(matrix),
    changes: () => Promise.resolve([]),
  }).filter(({ id }) => id === 'policy-matrix' || id === 'policy-broadcast' || id === 'policy-dns');
  const given = {} as CheckInputs;
  const { signal } = new AbortController();
  return Promise.all(checks.map(async ({ id, run }) => ({ id, verdict: await run(given, signal) })));
}

describe('on an engine that does what the objects say', () => {
  test('the chart’s policies are what the contract declares', async () => {
    expect((await judge(simulated())).map(({ id, verdict }) => [id, verdict.outcome])).toEqual([
      ['policy-matrix', 'holds'],
      ['policy-broadcast', 'holds'],
      ['policy-dns', 'holds'],
    ]);
  });

  test.each([...egressRewrites, ...ingressRewrites].map((each) => [each.title, each] as const))(
    '%s: the check whose promise it breaks is red and names the rule',
    async (_, { part = 'backplane', rewrite, says, added = {}, red = ['policy-matrix'] }) => {
      const spec = specs[part] as Spec;
      const change = rewrite(spec, scene);
      const changed = { ...specs, [part]: patched(spec, change) };
      const broken = (await judge(simulated(changed))).filter(({ verdict }) => isFailure(verdict));
      expect(broken.map(({ id }) => id)).toEqual(red);
      const evidence = broken.flatMap(({ verdict }) =>
        verdict.outcome === 'violated' ? (verdict.evidence ?? []) : [],
      );
      expect(evidence.join('\n')).toMatch(says);
      // Undoes the change as `rewritten` does.
      const { podSelector: __, ...lists } = spec;
      const back = patched(changed[part], { ingress: null, egress: null, ...lists, ...added });
      expect(back).toEqual(specs[part]);
    },
  );
});

test('each rule of the chart is widened, narrowed and removed, as far as it can be', () => {
  const touched = [...egressRewrites, ...ingressRewrites].map(({ part = 'backplane', rewrite }) => {
    const spec = specs[part as Part] as Spec;
    return { part, changed: patched(spec, rewrite(spec, scene)) };
  });
  for (const [part, spec] of Object.entries(specs) as readonly [Part, Spec][]) {
    for (const direction of ['ingress', 'egress'] as const) {
      for (const rule of spec[direction] ?? []) {
        const lacking = touched.filter(
          (each) => each.part === part && !JSON.stringify(each.changed[direction] ?? []).includes(JSON.stringify(rule)),
        );
        const counts = lacking.map(({ changed }) => (changed[direction] ?? []).length - (spec[direction] ?? []).length);
        expect(counts, `${part} ${direction} ${JSON.stringify(rule)}`).toEqual(expect.arrayContaining([0, -1]));
        expect(lacking.length).toBeGreaterThanOrEqual(3);
      }
    }
  }
});

test('every fault has an id of its own', () => {
  expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
});
