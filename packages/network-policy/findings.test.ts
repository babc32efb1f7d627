import { describe, expect, test } from 'vitest';
import { findingsOf, grouped, sentenceOf } from './findings.ts';
import type { Cell } from './matrix.ts';
import { aCell, aDenial, aMatrix, aPod, aSource, aTarget, control, seen } from './testing/cells.ts';

/** Reaches the host at the same time, as a denial requires. */
const witness = aCell({ source: aSource(aPod('meho', 'bare')) });
const only = (cell: Cell, ...beside: readonly Cell[]) => {
  const findings = findingsOf(aMatrix([cell, ...beside]));
  expect(findings).toHaveLength(1);
  return findings[0];
};

test('tables that agree, with their proofs, leave nothing to find', () => {
  expect(findingsOf(aMatrix([aCell(), aDenial(), witness]))).toEqual([]);
});

test('an empty matrix is a finding of its own and says what was skipped', () => {
  const [finding] = findingsOf(aMatrix([], { skipped: [{ what: 'SCTP', why: 'the kernel has no module for it' }] }));
  expect(finding).toMatchObject({
    kind: 'nothing measured',
    evidence: ['SCTP: the kernel has no module for it'],
  });
});

test('what had to be probed and was not is a finding, whatever the cells say', () => {
  const lost = [{ what: 'flows from the broadcast', why: "its pod doesn't run in meho" }];
  const [finding] = findingsOf(aMatrix([aCell(), aDenial(), witness], { lost }));
  expect(finding).toMatchObject({ kind: 'nothing measured', rule: "its pod doesn't run in meho" });
  expect(sentenceOf(finding ?? fail())).toContain('flows from the broadcast: had to be probed and was not');
  expect(findingsOf(aMatrix([], { lost }))).toHaveLength(2);
});

describe('disagreements', () => {
  const open = { allowed: true, rule: 'egress to Vault: 10.9.0.4/32, 8200/TCP' };
  const closed = { allowed: false, rule: 'default deny: the broadcast calls nobody' };
  const rules = aCell().computed;
  const none = aDenial().computed;
  const refused = seen('refused', 'REFUSED');
  const dropped = seen('timed out', 'TIMEOUT');

  test.each([
    ['objects too wide', { declared: closed }, ['declared/computed', 'declared/observed'], 'declares it closed, but'],
    [
      'objects too narrow',
      { declared: open, computed: none, observed: dropped },
      ['declared/computed', 'declared/observed'],
      'the NetworkPolicy objects say closed and the probe timed out',
    ],
    [
      'an engine that enforces nothing',
      { declared: closed, computed: none },
      ['declared/observed', 'computed/observed'],
      'the policy engine does not enforce it',
    ],
    [
      'something else in the way',
      { declared: open, observed: refused },
      ['declared/observed', 'computed/observed'],
      'something else closes it',
    ],
    [
      'an engine that opens more than the objects do',
      { declared: open, computed: none },
      ['declared/computed', 'computed/observed'],
      'the NetworkPolicy objects say closed, but the contract declares it open and the probe connected',
    ],
    [
      'an engine that closes more than the objects do',
      { declared: closed, computed: rules, observed: refused },
      ['declared/computed', 'computed/observed'],
      'the NetworkPolicy objects say open, but the contract declares it closed and the probe refused',
    ],
  ])('%s', (_, over, disagree, words) => {
    const finding = only(aCell(over));
    expect(finding?.kind).toBe('disagreement');
    expect(finding?.disagree.map((pair) => pair.join('/'))).toEqual(disagree);
    expect(finding?.what).toContain(words);
  });

  test('the rule that matched though it shouldn’t is named, and the contract’s beside it', () => {
    const sentence = sentenceOf(only(aCell({ declared: closed })) ?? fail());
    expect(sentence).toContain('contract: default deny: the broadcast calls nobody');
    expect(sentence).toContain('egress: meho/meho egress[1] (to 10.9.0.3/32, 5432/TCP) matches');
    expect(sentence).toContain('backplane pod → postgres 5432 (10.9.0.3:5432/TCP)');
  });

  test('the rule that should have matched is named, and the policies that isolate', () => {
    const sentence = sentenceOf(only(aDenial({ declared: open, observed: dropped })) ?? fail());
    expect(sentence).toContain('contract: egress to Vault: 10.9.0.4/32, 8200/TCP');
    expect(sentence).toContain(
      'no rule of meho/meho matches; meho/meho egress[1] (to 10.9.0.3/32, 5432/TCP) misses by its port;',
    );
    expect(sentence).toContain('probe: timed out after 12 ms (TIMEOUT)');
  });

  test('a pod that no policy selects, and one on the node’s network, are told as such', () => {
    const unselected = { because: 'not isolated', allowed: true } as const;
    const pod = { ...aPod('meho', 'backplane'), hostNetwork: true };
    const computed = { allowed: true, egress: unselected, ingress: unselected };
    const sentence = sentenceOf(only(aCell({ declared: closed, computed, source: aSource(pod) })) ?? fail());
    expect(sentence).toContain('egress: no policy selects the source');
    expect(sentence).toContain('backplane is on the node');
  });
});

describe('denials without proof', () => {
  test.each([
    ['no controls', [], 'there is no control'],
    ['only the one before', [control('before')], "the only control is without the release's policies, before"],
    [
      'a control that was refused',
      [control('before'), control('after', 'refused')],
      'policies, after, it refused, too',
    ],
    ['one that timed out', [control('before', 'timed out'), control('after')], 'before, it timed out, too'],
    ['one not made', [control('before', 'could not probe'), control('after')], 'it could not probe, too'],
    ['a witness that failed', [control('witness', 'refused')], 'a pod that nothing restricts, it refused, too'],
  ])('%s', (_, controls, words) => {
    expect(only(aDenial({ controls }), witness)).toMatchObject({
      kind: 'unproven denial',
      what: expect.stringContaining(words),
    });
  });
  test('nobody else reached the host meanwhile', () => {
    const target = aTarget({ endpoint: { kind: 'address', name: 'elsewhere', ip: '10.9.0.66' } });
    expect(only(aDenial(), aCell({ target }))).toMatchObject({
      kind: 'unproven denial',
      what: expect.stringContaining('no peer'),
    });
  });
  test('a witness is proof enough, and was there at the same moment', () => {
    expect(findingsOf(aMatrix([aDenial({ controls: [control('witness')] })]))).toEqual([]);
  });
  test('an open flow needs no controls', () => {
    expect(findingsOf(aMatrix([aCell({ controls: [] })]))).toEqual([]);
  });
});

test('what could not be probed is never green, whatever the tables say', () => {
  for (const cell of [aCell(), aDenial()]) {
    const observed = seen('could not probe', 'the ephemeral container was not started');
    const finding = only({ ...cell, observed }, witness);
    expect(finding).toMatchObject({ kind: 'could not probe', disagree: [] });
    expect(sentenceOf(finding ?? fail())).toContain('the ephemeral container was not started');
  }
});

test('flows with one cause are one group, the largest first', () => {
  const closed = { allowed: false, rule: 'default deny: the broadcast calls nobody' };
  const wide = [1, 2, 3].map((port) => aCell({ declared: closed, target: aTarget({ port }) }));
  const dead = aDenial({ controls: [] });
  const groups = grouped(findingsOf(aMatrix([dead, ...wide])));
  expect(groups.map(({ kind, findings }) => [kind, findings.length])).toEqual([
    ['disagreement', 3],
    ['unproven denial', 1],
  ]);
});

function fail(): never {
  throw new Error('there is no finding');
}
